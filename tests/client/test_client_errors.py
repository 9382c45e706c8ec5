"""Errors and results as values: what they say, what they carry, and that they survive a process boundary."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.catalog.application_notes import ApplicationNoteKey
from hirewire.catalog.call import InputError, Outcome, Refusal
from hirewire.client import errors
from hirewire.client.errors import (
    ApiError,
    HirewireError,
    InvalidRequest,
    OutcomeUnknown,
    PartialFailure,
    Throttled,
    api_error,
)
from hirewire.client.exchange import RawResponse, read_http_date, read_retry_after
from hirewire.client.results import BatchResult
from hirewire.values.time import Millis
from hirewire.wire.http import Headers

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
KEY = ApplicationNoteKey("urn:li:organization:1", "a", "n")
RESPONSE = RawResponse(400, Headers([("X-LI-Request-Id", "r1"), ("Date", "Thu, 01 Jan 1970 00:00:01 GMT")]), b"{}")
KINDS = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, HirewireError)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_says_what_to_do(kind: type[HirewireError]):
    assert kind in (HirewireError, ApiError) or kind.next_step


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_names_a_place_in_the_documentation(kind: type[HirewireError]):
    page, _, anchor = kind.documentation.partition("#")
    text = (DOCS / page).read_text(encoding="utf-8")
    headings = [re.sub(r"[^a-z0-9 -]", "", line.strip("# ").lower()) for line in text.splitlines() if line[:1] == "#"]
    assert not anchor or anchor in [heading.replace(" ", "-") for heading in headings]


def test_an_error_names_the_request_the_reason_and_the_next_step():
    fault = InputError("MISSING_FIELD", "note is required", "note", "required")
    refusal = Refusal(400, "MISSING_FIELD", "note is required", inputs=(fault,))
    error = api_error(refusal, what="PUT /rest/applicationNotes", response=RESPONSE)
    assert str(error) == (
        "PUT /rest/applicationNotes was answered 400 MISSING_FIELD: note is required [request id r1]."
        " Mend the request: sending the same again gets the same answer (see reference/resources.md)"
    )
    assert (error.rule, error.code, error.http_date, error.until) == ("required", "MISSING_FIELD", 1000, None)


def test_an_error_without_an_answer_has_no_request_id():
    error = OutcomeUnknown("PUT /x: timeout", may_have_applied=True)
    assert (error.request_id, error.http_date, error.response) == (None, None, None)
    assert str(error).startswith("PUT /x: timeout. Repeat the call if")


def test_errors_cross_process_boundaries_whole():
    error = api_error(Refusal(429, None, "m"), what="w", response=RawResponse(429), until=Millis(5))
    error.result = BatchResult({KEY: Outcome(204)}, unknown=(KEY,))
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is Throttled and str(copy) == str(error) and copy.args == error.args
    assert isinstance(copy.result, BatchResult)
    assert (copy.until, copy.status, copy.result.outcomes) == (5, 429, {KEY: Outcome(204)})


def test_a_result_names_the_first_few_failures():
    failed = {KEY._replace(note_id=str(n)): Outcome(400, Refusal(400, "C", f"no {n}")) for n in range(9)}
    result = BatchResult({**failed, KEY: Outcome(500)}, unknown=(KEY._replace(note_id="u"),))
    with pytest.raises(PartialFailure) as caught:
        result.raise_for_errors()
    assert "of 11 records: 10 refused, 1 unknown" in str(caught.value)
    assert "no 2" in str(caught.value) and "no 3" not in str(caught.value)
    assert result.failed[KEY] == Refusal(500, None, "status 500")
    assert repr(result) == "BatchResult(of 11 records: 10 refused, 1 unknown)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thu, 01 Jan 1970 00:00:01 GMT", 1000),
        ("Thursday, 01-Jan-70 00:00:01 GMT", 1000),
        (None, None),
        ("", None),
        ("soon", None),
        ("Thu, 01 Jan 1970 00:00:01", None),
        ("Thu, 99 Jan 1970 00:00:01 GMT", None),
    ],
)
def test_http_dates(text: str | None, expected: int | None):
    assert read_http_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0.0),
        (" 17 ", 17.0),
        ("Thu, 01 Jan 1970 00:00:11 GMT", 10.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("-1", None),
        ("1.5", None),
        ("\u0661", None),
        ("9" * 400, None),
        (None, None),
    ],
)
def test_retry_after(text: str | None, expected: float | None):
    assert read_retry_after(text, Millis(1000)) == expected


@given(st.text(max_size=60))
def test_any_header_is_read_or_ignored(text: str):
    read_http_date(text)
    wait_s = read_retry_after(text, Millis(0))
    assert wait_s is None or wait_s >= 0


def test_the_body_and_its_note_text_are_not_shown():
    assert "secret note" not in repr(RawResponse(200, Headers(), b"secret note"))
    assert "secret note" not in str(InvalidRequest(Refusal(400, None, "m"), what="w", response=RESPONSE))
