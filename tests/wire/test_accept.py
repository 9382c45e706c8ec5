"""Accept headers, as clients and browsers send them, and the media types they are made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.wire.accept import check_accept
from hirewire.wire.errors import Theirs
from hirewire.wire.media import MediaType, read_media_type, read_media_types


def _status(header: str | None) -> int:
    try:
        check_accept(header)
    except Theirs as error:
        return error.status
    return 200


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 200),
        ("", 200),
        (" , ,", 200),
        ("application/json", 200),
        ("Application/JSON;q=.9", 200),
        ('application/json; note="a, b/c\\""', 200),
        ("application/json; charset=utf-8, text/plain", 200),
        ("text/html;level=1 , application/*;q=0.1", 200),
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200),
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", 200),  # Java's HttpURLConnection by default
        ("multipart/related", 200),
        ("text/html", 406),
        ("application/x-pson", 406),
        ("foo/bar; baz", 406),
        ("application/json;q=0", 406),
        ("application/json;Q=0.000, */*", 406),
        ("*/*;q=0", 406),
        ("multipart/related, */*;q=0", 406),
        ("foo", 400),
        ("foo, application/json", 400),
        ("application/json text/html", 400),
        ("application/json; q=high", 400),
        ("application/json; q=", 400),
        ("application/json; q=.", 400),
        ('application/json; a="unclosed', 400),
        ("/json", 400),
        ("application/", 400),
    ],
)
def test_accept_is_200_406_or_400(header: str | None, status: int) -> None:
    assert _status(header) == status


def test_a_weight_for_another_type_does_not_matter() -> None:
    assert _status("text/html;q=nonsense, application/json") == 200


@given(st.text(alphabet='aj/;,=q0.9*" \\\t-', max_size=60))
def test_any_header_gets_one_of_the_three_answers(header: str) -> None:
    assert _status(header) in (200, 400, 406)


@pytest.mark.parametrize(
    "hostile", ["a/b" + ' ;="' * 100_000, " " * 400_000 + "x", "a/b" + " ;" * 200_000 + "é", "," * 400_000]
)
def test_hostile_headers_cost_no_more_than_their_length(hostile: str) -> None:
    """Read in quadratic time, each of these would take minutes."""
    assert _status(hostile) in (200, 400, 406)


def test_media_types_are_read_with_their_parameters() -> None:
    assert read_media_types('Multipart/Mixed; Boundary="a\\"b;c" ; x , text/plain;charset=utf-8;charset=latin-1') == [
        MediaType("multipart/mixed", {"boundary": 'a"b;c', "x": ""}),
        MediaType("text/plain", {"charset": "utf-8"}),
    ]


def test_exactly_one_media_type_is_one() -> None:
    assert read_media_type("text/plain") == MediaType("text/plain")
    assert read_media_type("text/plain, text/html") is None
    assert read_media_type("") is None
    assert read_media_type("json") is None
