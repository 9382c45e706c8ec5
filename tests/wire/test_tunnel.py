"""Folding and unfolding: the documented samples, the pair property, and bodies nobody should trust."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.http import Headers, HttpRequest
from hirewire.wire.tunnel import FORM, fold, needs_tunnel, pick_boundary, unfold

KEY = "ids[0].externalJobApplicationId=a&ids[0].integrationContext=urn:li:organization:12345&ids[0].externalNoteId=n"
ENTITIES = b'{"entities":{"externalJobApplicationId=a&integrationContext=urn:li:organization:12345":{"note":"x"}}}'
OVERRIDES = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]


def _tunnelled(
    body: bytes, content_type: str = "multipart/mixed; boundary=xyz", target: str = "/r", verb: str = "PUT"
) -> HttpRequest:
    return HttpRequest(
        "POST", target, Headers([("Content-Type", content_type), ("X-HTTP-Method-Override", verb)]), body
    )


def _parts(*parts: str, end: str = "\r\n", close: str = "--xyz--") -> bytes:
    return "".join(f"--xyz{end}{part}{end}" for part in parts).encode() + close.encode()


QUERY_PART = "Content-Type: application/x-www-form-urlencoded\r\n\r\na=b"
JSON_PART = "Content-Type: application/json\r\n\r\n{}"


# The documented samples


def test_a_sample_of_a_tunnelled_update_with_crlf_and_the_line_ends_curl_sends() -> None:
    body = b"--xyz\r\nContent-Type: %b\r\n\r\n%b\r\n--xyz\r\nContent-Type: application/json\r\n\r\n%b\r\n--xyz--" % (
        FORM.encode(),
        KEY.encode(),
        ENTITIES,
    )
    lines = [("Content-Type", "multipart/mixed; boundary=xyz"), ("x-restli-method", "batch_update")]
    for sent in (body, body.replace(b"\r\n", b"\n")):
        request = HttpRequest(
            "PUT", "/rest/applicationNotes", Headers([*lines, ("X-HTTP-Method-Override", "PUT")]), sent
        )
        plain = unfold(request)
        assert (plain.verb, plain.target, plain.body) == ("PUT", f"/rest/applicationNotes?{KEY}", ENTITIES)
        assert list(plain.headers) == [
            ("x-restli-method", "batch_update"),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(ENTITIES))),
        ]


def test_a_sample_of_a_tunnelled_delete_with_its_stray_null() -> None:
    request = HttpRequest(
        "DELETE",
        "/rest/applicationNotes?=null",
        Headers([("Content-Type", FORM), ("Content-Length", "9"), ("x-http-method-override", "DELETE")]),
        KEY.encode(),
    )
    assert unfold(request) == HttpRequest("DELETE", f"/rest/applicationNotes?=null&{KEY}")


def test_without_the_override_header_nothing_happens() -> None:
    request = HttpRequest("POST", "/r", Headers([("Content-Type", "multipart/mixed")]), b"--xyz")
    assert unfold(request) is request


# The pair

NAMES = st.sampled_from(["X-RestLi-Method", "Authorization", "LinkedIn-Version"])
QUERIES = st.text("abc=&%()[],:.'!*-~é株$@/?;+", min_size=1, max_size=40).map(lambda text: text.replace("%", "%4a"))
REQUESTS = st.builds(
    HttpRequest,
    verb=st.sampled_from(OVERRIDES),
    target=st.builds("/r/{}?{}".format, st.text("a=&%2F()", max_size=6), QUERIES),
    headers=st.lists(st.tuples(NAMES, st.text("abc ", max_size=4)), max_size=2).map(Headers),
    body=st.binary(max_size=60) | st.lists(st.sampled_from([b"--b", b"\r\n", b"\n", b"--", b" "])).map(b"".join),
)


@given(REQUESTS, st.sampled_from(["application/json", "application/json; charset=utf-8", FORM, "image/png"]))
def test_what_is_folded_unfolds_to_the_same_request(request: HttpRequest, content_type: str) -> None:
    if request.body:
        request = request.with_headers(request.headers.set("Content-Type", content_type))
    folded = fold(request, pick_boundary(request, ["--b", "-", "0123456789'()+_,./:=?-"]))
    assert folded.verb == "POST"
    assert folded.query == ""
    assert fold(folded, "b") == folded
    plain = unfold(folded)
    assert unfold(plain) is plain
    assert (plain.verb, plain.target, plain.body) == (request.verb, request.target, request.body)
    assert sorted(plain.headers.without("Content-Length")) == sorted(request.headers)


def test_a_request_without_a_query_is_not_folded() -> None:
    for target in ("/r", "/r?"):
        request = HttpRequest("GET", target)
        assert fold(request, "b") is request


def test_folded_bodies_look_as_documented() -> None:
    folded = fold(HttpRequest("PUT", "/r?q=1", Headers([("Content-Type", "application/json")]), b"{}"), "xyz")
    assert folded.headers.get("Content-Type") == 'multipart/mixed; boundary="xyz"'
    assert folded.headers.get("X-HTTP-Method-Override") == "PUT"
    assert folded.body == (
        b"--xyz\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nq=1\r\n"
        b"--xyz\r\nContent-Type: application/json\r\n\r\n{}\r\n--xyz--\r\n"
    )


@pytest.mark.parametrize(
    ("request_", "boundary", "message"),
    [
        (HttpRequest("PUT", "/r?a", Headers(), b"{}"), "b", "a body of type None cannot be tunnelled"),
        (HttpRequest("PUT", "/r?a", Headers([("Content-Type", "text/plain")]), b"{}"), "b", "'text/plain' cannot"),
        (HttpRequest("PUT", "/r?a", Headers([("Content-Type", "a/b\r\nX: y")]), b"{}"), "b", "cannot be tunnelled"),
        (HttpRequest("PUT", "/r?a", Headers([("Content-Type", "a/é")]), b"{}"), "b", "cannot be tunnelled"),
        (HttpRequest("PATCH", "/r?a"), "b", "a PATCH request cannot be tunnelled"),
        (HttpRequest("POST", "/r?a", Headers([("x-http-method-override", "GET")])), "b", "nor one that is already"),
        (HttpRequest("GET", "/r?a b"), "b", "query at character 1: the query holds ' '"),
        (HttpRequest("GET", "/r?a\ud800"), "b", r"the query holds '\\ud800'"),
        (HttpRequest("GET", "/r?%4"), "b", "the query holds '%'"),
        (HttpRequest("PUT", "/r?a", Headers([("Content-Type", "a/b")]), b"xby"), "b", "occurs in the request"),
        (HttpRequest("PUT", "/r?a=b", Headers([("Content-Type", "a/b")]), b"{}"), "b", "occurs in the request"),
        (HttpRequest("PUT", "/r?a", Headers([("Content-Type", "a/b")]), b"{}"), 'x"y', "malformed"),
        (HttpRequest("PUT", "/r?a", Headers([("Content-Type", "a/b")]), b"{}"), "", "malformed"),
        (HttpRequest("PUT", "/r?a", Headers([("Content-Type", "a/b")]), b"{}"), "x" * 71, "malformed"),
    ],
    ids=range(14),
)
def test_what_cannot_be_folded_is_our_mistake(request_: HttpRequest, boundary: str, message: str) -> None:
    with pytest.raises(Ours, match=message):
        fold(request_, boundary)


def test_a_boundary_is_picked_that_occurs_nowhere() -> None:
    request = HttpRequest("PUT", "/b1?b2", body=b"b3")
    assert pick_boundary(request, ["b1", "b2", "b3", "b4"]) == "b4"
    with pytest.raises(Ours, match="every boundary offered occurs"):
        pick_boundary(request, ["b1", "b"])


@pytest.mark.parametrize(
    ("target", "origin_bytes", "needed"),
    [
        ("/r?" + "a" * 4000, 0, False),
        ("/r?" + "a" * 4001, 0, True),
        ("/r?" + "é" * 2001, 0, True),
        ("/" + "a" * 7997 + "?b", 0, False),
        ("/" + "a" * 7997 + "?b", 1, True),
        ("/" + "a" * 9000, 100, False),
        ("/r?" + "\ud800" * 2000, 0, True),
    ],
    ids=range(7),
)
def test_only_long_queries_and_urls_need_a_tunnel(target: str, origin_bytes: int, needed: bool) -> None:
    assert needs_tunnel(HttpRequest("GET", target), origin_bytes=origin_bytes) is needed


# Unfolding what peers send


@pytest.mark.parametrize("verb", OVERRIDES)
@pytest.mark.parametrize("content_type", [FORM, FORM.upper(), f"{FORM}; charset=UTF-8"])
def test_a_form_body_is_the_query(verb: str, content_type: str) -> None:
    assert unfold(_tunnelled(b"a=b", content_type, verb=verb)) == HttpRequest(verb, "/r?a=b")


@pytest.mark.parametrize(
    ("target", "body", "expected"),
    [
        ("/r", b"a=b", "/r?a=b"),
        ("/r?", b"a=b", "/r?a=b"),
        ("/r?x=1", b"a=b", "/r?x=1&a=b"),
        ("/r?x=?", b"a=b", "/r?x=?&a=b"),
        ("/r", b"", "/r"),
        ("/r?x=1", b"", "/r?x=1"),
        ("/r", b"a=urn:li:x:1&ids[0].b='()*!,;/?@$~%C3%A9+", "/r?a=urn:li:x:1&ids[0].b='()*!,;/?@$~%C3%A9+"),
        ("/r", "a=é株".encode(), "/r?a=é株"),
    ],
)
def test_the_query_goes_behind_the_one_in_the_url(target: str, body: bytes, expected: str) -> None:
    assert unfold(_tunnelled(body, FORM, target)).target == expected


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"a=b\n", r"at character 3: the tunnelled query holds '\\n'"),
        (b"a=b c", "holds ' '"),
        (b"a={b}", "holds '{'"),
        (b"a=b#c", "holds '#'"),
        (b"a=%4", "holds '%'"),
        (b"a=%zz&%", "at character 2: the tunnelled query holds '%'"),
        ("a=\u2028".encode(), r"holds '\\u2028'"),
        ("é=%".encode(), "at character 2"),
        (b"a=\xff", "at character 2: the tunnelled query is not UTF-8"),
    ],
)
def test_what_is_no_raw_query_is_refused(body: bytes, message: str) -> None:
    for request in (_tunnelled(body, FORM), _tunnelled(_parts(QUERY_PART).replace(b"a=b", body))):
        with pytest.raises(Theirs, match=message) as error:
            unfold(request)
        assert error.value.status == 400


@pytest.mark.parametrize(
    "body",
    [
        _parts(QUERY_PART, JSON_PART),
        _parts(JSON_PART, QUERY_PART),
        b"preamble\r\n-- xyz\r\n" + _parts(QUERY_PART, JSON_PART) + b"\r\nepilogue\r\n--xyz\r\n",
        _parts(QUERY_PART, JSON_PART).replace(b"\r\n", b"\n"),
        _parts(QUERY_PART, JSON_PART, close=""),  # a blank line more at the end of the entity
        _parts(QUERY_PART, JSON_PART, close="").removesuffix(b"\r\n"),
        _parts(QUERY_PART, JSON_PART).replace(b"--xyz\r", b"--xyz \t\r") + b"  ",
        _parts(QUERY_PART, JSON_PART).replace(b"Content-Type:", b"cOnTeNt-tYpE :  "),
        _parts(QUERY_PART, JSON_PART.replace(": ", ":\r\n\t", 1)),
        _parts("Content-ID: 1\r\n" + QUERY_PART, JSON_PART.replace("\r\n\r\n", "\r\nContent-Length: 99\r\n\r\n")),
        _parts(
            QUERY_PART,
            JSON_PART.replace("{}", "e3\r\n0=\r\n").replace("json", "json\r\nContent-Transfer-Encoding: BASE64"),
        ),
        _parts(QUERY_PART, JSON_PART.replace("json", "json\r\nContent-Transfer-Encoding: 8bit")),
    ],
    ids=range(12),
)
@pytest.mark.parametrize("boundary", ["boundary=xyz", 'Boundary="xyz"', "charset=x; boundary=xyz", "", "boundary="])
def test_forms_of_multipart_seen_in_the_wild_are_read(body: bytes, boundary: str) -> None:
    if boundary in ("", "boundary=") and body.startswith(b"preamble"):
        body = body.replace(b"-- xyz\r\n", b"")
    plain = unfold(_tunnelled(body, f"Multipart/Mixed; {boundary}"))
    assert (plain.verb, plain.target, plain.body.removesuffix(b"\r\n")) == ("PUT", "/r?a=b", b"{}")
    assert plain.headers.get("Content-Type") == "application/json"
    assert plain.headers.get("Content-Length") == str(len(plain.body))


@pytest.mark.parametrize(
    ("content", "entity"),
    [
        ("{\r\n\r\n1\r\n}\r\n", b"{\r\n\r\n1\r\n}\r\n"),
        ("{\n\n1}\n", b"{\n\n1}\n"),
        ("--xyzw\r\n --xyz\r\n--xyz --", b"--xyzw\r\n --xyz\r\n--xyz --"),
        ("", b""),
        ("\r\n", b"\r\n"),
    ],
)
def test_an_entity_is_its_bytes(content: str, entity: bytes) -> None:
    plain = unfold(_tunnelled(_parts(QUERY_PART, JSON_PART.removesuffix("{}") + content)))
    assert plain.body == entity


def test_parts_may_be_missing() -> None:
    assert unfold(_tunnelled(_parts(QUERY_PART))) == HttpRequest("PUT", "/r?a=b")
    only_entity = unfold(_tunnelled(_parts(JSON_PART)))
    assert (only_entity.target, only_entity.body) == ("/r", b"{}")
    no_content = unfold(_tunnelled(_parts(QUERY_PART, "Content-Type: application/json")))
    assert (no_content.target, no_content.body) == ("/r?a=b", b"")


def test_a_second_form_part_is_the_entity() -> None:
    plain = unfold(_tunnelled(_parts(QUERY_PART, QUERY_PART.replace("a=b", "c=d"))))
    assert (plain.target, plain.body, plain.headers.get("Content-Type")) == ("/r?a=b", b"c=d", FORM)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "no line with the boundary begins a part"),
        (b"{}", "no line with the boundary begins a part"),
        (b"--abc\r\n" + JSON_PART.encode(), "no line with the boundary begins a part"),
        (b"x--xyz\r\n" + JSON_PART.encode(), "no line with the boundary begins a part"),
        (b"--xyz--\r\n", "no line with the boundary begins a part"),
        (_parts(QUERY_PART, JSON_PART, JSON_PART), "a second entity part"),
        (_parts(JSON_PART, JSON_PART), "a second entity part"),
        (_parts(QUERY_PART, QUERY_PART, QUERY_PART), "a second entity part"),
        (_parts(QUERY_PART, "\r\n{}"), "a part needs a Content-Type that says what it is, got ''"),
        (_parts(QUERY_PART, ""), "a part needs a Content-Type"),
        (_parts(QUERY_PART, JSON_PART, close="--xyz"), "a part needs a Content-Type"),
        (
            _parts(QUERY_PART, "Content-Type: text/plain; x=y\r\n\r\n{}"),
            "a part needs a Content-Type .* 'text/plain; x=y'",
        ),
        (_parts(QUERY_PART, "Content-Type: json\r\n\r\n{}"), "a part needs a Content-Type .* 'json'"),
        (_parts(QUERY_PART, "{}"), "expected a header line of a part, got '{}'"),
        (_parts(QUERY_PART, 'Content-Type: a/b; c="\r"\r\n\r\n{}'), "expected a header line of a part"),
        (_parts(QUERY_PART, " folded: x\r\n" + JSON_PART), "expected a header line of a part, got ' folded: x'"),
        (
            _parts(QUERY_PART, JSON_PART.replace("{}", '{"a":"\r\n--xyz\r\n"}')),
            "expected a header line of a part, got '\"}'",
        ),
        (_parts(QUERY_PART, "Content-Type: a/b\r\n" + JSON_PART), "header Content-Type: given 2 times"),
        (_parts(QUERY_PART, "X: y" * 3000 + "\r\n" + JSON_PART), "the headers of a part are longer than 8192 bytes"),
        (
            _parts(QUERY_PART, "Content-Transfer-Encoding: quoted-printable\r\n" + JSON_PART),
            "'quoted-printable' is not supported",
        ),
        (_parts(QUERY_PART, "Content-Transfer-Encoding: base64\r\n" + JSON_PART), "a part is not the base64 it says"),
        (
            _parts(QUERY_PART, "Content-Transfer-Encoding: base64\r\n" + JSON_PART.replace("{}", "e30=e30=")),
            "not the base64",
        ),
    ],
    ids=range(22),
)
def test_bytes_that_belong_to_no_part_or_a_part_too_many_are_refused(body: bytes, message: str) -> None:
    with pytest.raises(Theirs, match=message) as error:
        unfold(_tunnelled(body))
    assert error.value.status == 400


@pytest.mark.parametrize("body", [b"", b"no line here", b"-- \t\r\nx", b"--\r\n"])
def test_without_boundary_parameter_some_line_must_tell_it(body: bytes) -> None:
    with pytest.raises(Theirs, match="no line with the boundary begins a part"):
        unfold(_tunnelled(body, "multipart/mixed"))


@pytest.mark.parametrize(
    ("lines", "body", "status"),
    [
        ([("X-HTTP-Method-Override", "get"), ("Content-Type", FORM)], b"a=b", 400),
        ([("X-HTTP-Method-Override", "PATCH"), ("Content-Type", FORM)], b"a=b", 400),
        ([("X-HTTP-Method-Override", "HEAD"), ("Content-Type", FORM)], b"a=b", 400),
        ([("X-HTTP-Method-Override", ""), ("Content-Type", FORM)], b"a=b", 400),
        ([("X-HTTP-Method-Override", "GET"), ("X-Http-Method-Override", "PUT"), ("Content-Type", FORM)], b"a=b", 400),
        ([("X-HTTP-Method-Override", "GET")], b"a=b", 400),
        ([("X-HTTP-Method-Override", "GET")], b"", 400),
        ([("X-HTTP-Method-Override", "GET"), ("Content-Type", "")], b"a=b", 400),
        ([("X-HTTP-Method-Override", "GET"), ("Content-Type", "form")], b"a=b", 400),
        (
            [("X-HTTP-Method-Override", "GET"), ("Content-Type", FORM), ("content-type", "application/json")],
            b"a=b",
            400,
        ),
        ([("X-HTTP-Method-Override", "PUT"), ("Content-Type", "application/json")], b"{}", 415),
        (
            [("X-HTTP-Method-Override", "PUT"), ("Content-Type", "multipart/form-data; boundary=xyz")],
            _parts(JSON_PART),
            415,
        ),
    ],
    ids=range(12),
)
def test_headers_that_do_not_say_what_to_do_are_refused(lines: list[tuple[str, str]], body: bytes, status: int) -> None:
    with pytest.raises(Theirs) as error:
        unfold(HttpRequest("POST", "/r", Headers(lines), body))
    assert error.value.status == status


def test_another_type_without_a_body_only_overrides_the_verb() -> None:
    plain = unfold(_tunnelled(b"", "application/json", "/r?q=1", "GET"))
    assert plain == HttpRequest("GET", "/r?q=1", Headers([("Content-Type", "application/json")]))


# Hostile bodies

SAMPLE = _parts(QUERY_PART, JSON_PART.replace("{}", '{"a": "--xyz"}'))


def _check_total(body: bytes, content_type: str) -> None:
    try:
        plain = unfold(_tunnelled(body, content_type))
    except Theirs as error:
        assert error.status in (400, 415)
    else:
        assert len(plain.target) + len(plain.body) <= len(body) + len("/r?")


@pytest.mark.parametrize("content_type", ["multipart/mixed; boundary=xyz", "multipart/mixed", FORM])
def test_a_body_cut_short_or_doubled_is_read_or_refused(content_type: str) -> None:
    for end in range(len(SAMPLE)):
        _check_total(SAMPLE[:end], content_type)
        _check_total(SAMPLE[end:], content_type)
        _check_total(SAMPLE[:end] + SAMPLE, content_type)


@given(st.integers(0, len(SAMPLE) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_a_body_with_a_few_bytes_changed_is_read_or_refused(at: int, put: bytes, taken: int) -> None:
    _check_total(SAMPLE[:at] + put + SAMPLE[at + taken :], "multipart/mixed; boundary=xyz")


@given(
    st.lists(st.sampled_from([b"--xyz", b"--", b"\r\n", b"\n", b"\r", b" ", b"Content-Type: a/b", b"x", b":"])).map(
        b"".join
    )
)
def test_any_pieces_of_a_body_are_read_or_refused(body: bytes) -> None:
    _check_total(body, "multipart/mixed; boundary=xyz")
    _check_total(body, "multipart/mixed")


@pytest.mark.parametrize(
    "body",
    [
        b"--xyz" * 400_000,
        b"\n--xyz " * 300_000 + b"x",
        b"\n--xyzz" * 300_000,
        b"--xyz\n" + b"a: b\n" * 300_000,
        b"--xyz\n" + b"Content-Type: a/b\n" + b" \n" * 700_000,
        b"--xyz\nContent-Type: a/b" + b" ;" * 700_000 + b"\n\n",
        b"--xyz" + b" " * 2_000_000 + b"x",
        b"\n" * 2_000_000,
        b"--" + b" " * 2_000_000,
        b"\n--xyz" + b"\r" * 2_000_000,
    ],
    ids=range(10),
)
def test_hostile_bodies_cost_no_more_than_their_length(body: bytes) -> None:
    """Two megabytes each; read in quadratic time, each would take hours."""
    _check_total(body, "multipart/mixed; boundary=xyz")
    _check_total(body, "multipart/mixed")
