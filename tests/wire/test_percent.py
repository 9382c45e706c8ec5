"""Percent-encoding: what is malformed, what bad UTF-8 becomes, and that escaping is undone by decoding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.wire.errors import Theirs
from hirewire.wire.percent import check_uri, decode, decode_form, escaper


@pytest.mark.parametrize(
    ("text", "decoded"),
    [("", ""), ("a%20b", "a b"), ("%E2%98%BA", "☺"), ("%f0%9f%98%9b", "😛"), ("%25%32%35", "%25"), ("a+b", "a+b"),
     ("株%E6%A0%AA", "株株")],
)  # fmt: skip
def test_octets_are_joined_before_they_are_utf8(text: str, decoded: str):
    assert decode(text, "example") == decoded


@pytest.mark.parametrize("text", ["%FF", "%C3x", "%C3%28", "a%E2%98", "%ED%A0%80", "%C0%AF"])
def test_octets_that_are_no_utf8_become_replacement_characters(text: str):
    assert "\ufffd" in decode(text, "example")


@pytest.mark.parametrize(
    ("text", "offset"), [("%", 0), ("ab%4", 2), ("%20%zz", 3), ("%%41", 0), ("%٠٠", 0), ("% 1", 0)]
)
def test_a_malformed_octet_is_placed(text: str, offset: int):
    with pytest.raises(Theirs, match="%25") as caught:
        decode(text, "example", offset=10)
    assert caught.value.offset == 10 + offset


@pytest.mark.parametrize("text", list(' "<>\\^`{|}\n\t\x00\x7f\x85\xa0\u2003\u2028\u3000'))
def test_what_cannot_stand_in_a_uri(text: str):
    with pytest.raises(Theirs, match="%"):
        check_uri(f"a={text}", "example")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_escaping_is_undone_by_decoding(text: str):
    escaped = escaper("[^A-Za-z0-9]")(text)
    assert decode(escaped, "") == decode_form(escaped, "") == text
    assert escaped.isascii()
    check_uri(escaped, "")


@given(st.text(alphabet="%+aF9 株\ud800", max_size=12))
def test_any_text_is_decoded_or_refused(text: str):
    try:
        decode_form(text, "example")
    except Theirs as error:
        assert error.status == 400
