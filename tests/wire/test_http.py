"""HTTP messages as values: headers without regard to case, raw targets, and nothing secret in a repr."""

from __future__ import annotations

from hirewire.wire.http import Headers, HttpRequest, HttpResponse

LINES = [("Content-Type", "application/json"), ("X-Empty", ""), ("content-type", "text/plain")]


def test_the_first_line_of_a_name_counts_and_empty_is_not_absent():
    headers = Headers(LINES)
    assert (headers.get("CONTENT-TYPE"), headers.get("x-empty"), headers.get("x")) == ("application/json", "", None)
    assert list(headers.without("content-type")) == [("X-Empty", "")]
    assert headers.set("Content-type", "a").get("content-type") == "a"
    assert len(list(headers.set("Content-type", "a"))) == 2


def test_equal_lines_are_equal_headers():
    assert Headers(LINES) == Headers(LINES) != Headers()
    assert len({Headers(LINES), Headers(LINES)}) == 1
    assert Headers() != LINES


def test_a_target_is_cut_at_its_first_question_mark():
    request = HttpRequest("GET", "/a%2Fb?x=?&y")
    assert (request.path, request.query) == ("/a%2Fb", "x=?&y")
    assert HttpRequest("GET", "/a").query == ""
    assert request.with_headers(Headers(LINES)).headers == Headers(LINES)


def test_no_value_of_a_header_and_no_body_is_shown():
    headers = Headers([("Authorization", "Bearer hush")])
    shown = repr(headers) + repr(HttpRequest("GET", "/", headers, b"hush")) + repr(HttpResponse(200, headers, b"hush"))
    assert "hush" not in shown and "Authorization" in shown
