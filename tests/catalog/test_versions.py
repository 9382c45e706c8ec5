"""The version header of /rest: every case of the documents and of decision G-3, on a given day."""

from __future__ import annotations

import datetime as dt

import pytest

from hirewire.catalog.codec import CallError, read_dialect, route
from hirewire.catalog.codec.answering import read_version
from hirewire.catalog.generations import VERSIONS, Dialect, Generation, echo_version
from hirewire.values.time import Millis, from_datetime
from hirewire.wire.http import Headers
from hirewire.wire.protocol import Protocol

TODAY = from_datetime(dt.datetime(2026, 3, 15, tzinfo=dt.UTC))


@pytest.mark.parametrize("text", sorted(VERSIONS))
def test_every_listed_version_is_served_until_two_years_are_over(text: str):
    sunset = VERSIONS[text].sunset_at
    assert read_version(text, VERSIONS, Millis(sunset - 1)) == text
    with pytest.raises(CallError) as refused:
        read_version(text, VERSIONS, sunset)
    assert (refused.value.refusal.status, refused.value.refusal.code) == (426, "NONEXISTENT_VERSION")


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        (None, 400, "VERSION_MISSING"),
        ("", 400, "VERSION_MISSING"),
        (" ", 400, "VERSION_MISSING"),
        ("2026-03", 400, "VERSION_INVALID"),
        ("abc", 400, "VERSION_INVALID"),
        ("20260301", 400, "VERSION_INVALID"),
        ("202603.1", 400, "VERSION_INVALID"),
        ("٢٠٢٦٠٣", 400, "VERSION_INVALID"),
        ("x" * 10_000, 400, "VERSION_INVALID"),
        ("202503", 426, "NONEXISTENT_VERSION"),
        ("202603.01", 426, "NONEXISTENT_VERSION"),
        ("999999", 426, "NONEXISTENT_VERSION"),
    ],
)
def test_other_versions_are_refused(header: str | None, status: int, code: str):
    with pytest.raises(CallError) as refused:
        read_version(header, VERSIONS, TODAY)
    refusal = refused.value.refusal
    assert (refusal.status, refusal.code) == (status, code)
    assert len(refusal.message) < 300


def test_only_rest_is_dated():
    assert [generation for generation in Generation if generation.is_dated] == [Generation.REST]


def test_an_inactive_version_is_echoed_with_two_more_digits():
    assert [echo_version(text) for text in ("202504", "202504.02")] == ["20250401", "20250402"]


def test_the_dialect_comes_from_path_and_headers():
    rest, v2 = route("/rest/applicationNotes"), route("/v2/atsApplications/k/notes")
    assert rest and v2
    headers = Headers([("linkedin-version", "202602"), ("X-RestLi-Protocol-Version", "2.0.0"), ("Accept", "*/*")])
    assert read_dialect(rest, headers, VERSIONS, TODAY) == Dialect(Generation.REST, Protocol.V2, "202602")
    # v2 has no versions: one that is sent there is ignored, even a malformed one.
    nonsense = Headers([("LinkedIn-Version", "nonsense")])
    assert read_dialect(v2, nonsense, VERSIONS, TODAY) == Dialect(Generation.V2, Protocol.V1, None)


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [("X-RestLi-Protocol-Version", "3.0.0", 400), ("X-RestLi-Protocol-Version", "", 400), ("Accept", "text/xml", 406)],
)
def test_an_unknown_protocol_or_no_acceptable_type_is_refused(name: str, value: str, status: int):
    found = route("/v2/atsApplications")
    assert found
    with pytest.raises(CallError) as refused:
        read_dialect(found, Headers([(name, value)]), VERSIONS, TODAY)
    assert refused.value.refusal.status == status


@pytest.mark.parametrize(
    "path", ["/", "", "/v2", "/rest/notes", "/v2/applicationNotes", "/rest//applicationNotes", "/V2/x"]
)
def test_there_is_nothing_at_other_paths(path: str):
    assert route(path) is None
