"""Error bodies, written for every peer and read from any, and what a create answers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.wire.body import read_json, write_json
from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.http import Headers, HttpResponse
from hirewire.wire.protocol import Protocol
from hirewire.wire.response import (
    Created,
    ErrorBody,
    created_headers,
    error_response,
    is_marked_as_error,
    read_created,
    read_created_id,
    read_error,
    read_error_response,
    write_created,
    write_error,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ERRORS = st.builds(
    ErrorBody,
    status=st.integers(100, 599),
    message=TEXT,
    code=st.none() | TEXT,
    service_error_code=st.none() | st.integers(-(2**31), 2**31),
    error_detail_type=st.none() | TEXT,
    error_details=st.none() | st.dictionaries(TEXT, TEXT, max_size=2),
)
OUTCOMES = st.builds(Created, st.integers(100, 599), st.none() | TEXT, st.none() | TEXT, st.none() | ERRORS)


@given(ERRORS)
def test_an_error_reads_back(error: ErrorBody) -> None:
    assert read_error(read_json(write_json(write_error(error))), 500) == error


@given(ERRORS.filter(lambda error: error.message or error.code), st.sampled_from(Protocol))
def test_an_error_response_reads_back_and_is_marked(error: ErrorBody, protocol: Protocol) -> None:
    response = error_response(error, protocol)
    assert response.status == error.status
    assert response.headers.get(protocol.error_header) == "true"
    assert response.headers.get("X-RestLi-Protocol-Version") == protocol.value
    assert is_marked_as_error(response.headers)
    assert read_error_response(response) == error


def test_absent_fields_are_left_out() -> None:
    assert write_error(ErrorBody(429, message="slow down", service_error_code=101)) == {
        "status": 429,
        "serviceErrorCode": 101,
        "message": "slow down",
    }


def test_a_lone_surrogate_in_a_message_does_not_stop_the_answer() -> None:
    response = error_response(ErrorBody(400, message="got '\ud800'"), Protocol.V1)
    assert read_json(response.body)["message"] == "got '\\ud800'"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (
            b'{"message":"Empty oauth2_access_token","serviceErrorCode":401,"status":401}',
            ErrorBody(401, message="Empty oauth2_access_token", service_error_code=401),
        ),
        (b'{"status":429,"code":"QUOTA_EXCEEDED"}', ErrorBody(429, "QUOTA_EXCEEDED")),
        (b'{"message":"x","status":"400","code":7,"serviceErrorCode":true}', ErrorBody(502, message="x")),
        (b'{"message":"x","status":99999}', ErrorBody(502, message="x")),
        (
            b'{"message":"x","errorDetails":[],"errorDetailType":"t"}',
            ErrorBody(502, message="x", error_detail_type="t"),
        ),
        (b'{"error":"invalid_client"}', ErrorBody(502, message='{"error":"invalid_client"}')),
        (b"<html>Bad Gateway</html>\n", ErrorBody(502, message="<html>Bad Gateway</html>")),
        (b'{"message":"a","message":"b"}', ErrorBody(502, message='{"message":"a","message":"b"}')),
        (b"", ErrorBody(502, message="")),
        (b"\xff\xfe", ErrorBody(502, message="\ufffd\ufffd")),
        (b"[" * 100_000, ErrorBody(502, message="[" * 500)),
        (b"null", ErrorBody(502, message="null")),
    ],
    ids=range(12),
)
def test_a_failed_request_is_an_error_whatever_was_sent(body: bytes, error: ErrorBody) -> None:
    assert read_error_response(HttpResponse(502, body=body)) == error


@given(st.binary(max_size=40), st.integers(100, 599))
def test_reading_an_error_never_raises(body: bytes, status: int) -> None:
    assert read_error_response(HttpResponse(status, body=body)).status == status


@pytest.mark.parametrize(
    ("name", "value", "marked"),
    [
        ("x-linkedin-error-response", "true", True),
        ("X-RestLi-Error-Response", "TRUE", True),
        ("X-RestLi-Error-Response", "false", False),
        ("X-RestLi-Id", "true", False),
    ],
)
def test_either_marker_marks_an_error(name: str, value: str, marked: bool) -> None:
    assert is_marked_as_error(Headers([(name, value)])) is marked


# What a create answers


@pytest.mark.parametrize(
    ("protocol", "header", "key_text"),
    [
        (Protocol.V1, "X-LinkedIn-Id", "externalJobApplicationId=a%261&externalNoteId=n+1"),
        (Protocol.V2, "X-RestLi-Id", "(externalJobApplicationId:a&1,externalNoteId:n 1)"),
    ],
)
def test_a_created_id_reads_back(protocol: Protocol, header: str, key_text: str) -> None:
    headers = created_headers(key_text, "/v2/x/1", protocol)
    assert headers.get(header) == key_text
    assert headers.get("Location") == "/v2/x/1"
    assert read_created_id(headers) == key_text


def test_no_id_header_no_id() -> None:
    assert read_created_id(Headers([("Location", "/v2/x/1")])) is None


@pytest.mark.parametrize("text", ["a\r\nSet-Cookie: x", "é", "\ud800", "a\tb"])
def test_what_cannot_stand_in_a_header_is_our_mistake(text: str) -> None:
    with pytest.raises(Ours, match="cannot stand in a header"):
        created_headers(text, "/v2/x/1", Protocol.V2)
    with pytest.raises(Ours, match="cannot stand in a header"):
        created_headers("1", text, Protocol.V2)


@given(OUTCOMES)
def test_an_outcome_of_batch_create_reads_back(outcome: Created) -> None:
    assert read_created(read_json(write_json(write_created(outcome)))) == outcome


def test_outcomes_of_batch_create_as_documented() -> None:
    assert read_created({"status": 201, "id": "1", "location": "/x/1"}) == Created(201, "1", "/x/1")
    assert read_created({"status": 400, "error": {"message": "no"}}) == Created(400, error=ErrorBody(400, message="no"))
    assert read_created({"status": 201, "id": 1, "location": None}) == Created(201)


@pytest.mark.parametrize("value", [None, [], {}, {"status": "201"}, {"status": True}, "x" * 10_000])
def test_an_outcome_without_status_is_refused(value: Any) -> None:
    with pytest.raises(Theirs, match="expected an element with a status"):
        read_created(value)
