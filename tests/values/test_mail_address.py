"""Mail addresses: what is read, what is refused, and that nothing read can break out of a header line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.values.mail_address import MailAddress, MailAddressError, is_line


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("ann@example.com", "ann@example.com"),
        ("Ann.B+x=y@EXAMPLE.com", "Ann.B+x=y@example.com"),
        ("a@localhost", "a@localhost"),
        ("zoë@bücher.example", "zoë@xn--bcher-kva.example"),
        ("a@faß.example", "a@fass.example"),
        ("\U0001f600@example.com", "\U0001f600@example.com"),
        ("x" * 64 + "@" + ".".join(["d" * 63] * 3), "x" * 64 + "@" + ".".join(["d" * 63] * 3)),
    ],
)
def test_an_address_is_read(text: str, read: str):
    assert str(MailAddress.parse(text)) == read
    assert str(MailAddress.parse(read)) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "ann",
        "ann@",
        "@example.com",
        "a b@example.com",
        "a\u00a0b@example.com",
        "a@exa mple.com",
        "a@b@example.com",
        ".a@example.com",
        "a.@example.com",
        "a..b@example.com",
        '"a b"@example.com',
        "a@example.com.",
        "a@.example.com",
        "a@-x.example",
        "a@x_y.example",
        "a@[127.0.0.1]",
        "Ann <ann@example.com>",
        "a@example.com, b@example.com",
        "a@example.com\r\nBcc: b@example.com",
        "a\n@example.com",
        "a\x00@example.com",
        "a@exa\x00mple.com",
        "a\u2028@example.com",
        "a\u202eb@example.com",
        "\ud800@example.com",
        "a@\ud800.example",
        "x" * 65 + "@example.com",
        "é" * 33 + "@example.com",
        "a@" + "d" * 64,
        "a@" + ".".join(["ü" * 60] * 4),
        "a" * 10_000 + "@example.com",
        "a@" + "b." * 5_000 + "c",
    ],
)
def test_what_is_no_address_is_refused_with_a_sentence(text: str):
    with pytest.raises(MailAddressError, match="expected"):
        MailAddress.parse(text)


@given(st.text() | st.from_regex(r"[^@]{1,9}@[^@]{1,9}\Z"))
def test_whatever_is_read_is_one_line_without_blanks_and_reads_the_same_again(text: str):
    try:
        address = MailAddress.parse(text)
    except MailAddressError:
        return
    assert is_line(str(address)) and not set(str(address)) & set(' \t\r\n<>,;:"()[]\\\0')
    assert address.domain.isascii() and MailAddress.parse(str(address)) == address
    assert address.is_ascii == str(address).isascii()


@pytest.mark.parametrize("character", "\0\n\r\t\x1b\x7f\x85\u2028\u2029\u202a\u202e\u2066\u2069\udc00")
def test_what_ends_or_turns_a_line_is_in_no_line(character: str):
    assert not is_line(f"a{character}b")


def test_names_of_people_are_lines():
    for name in ("Zoë", "José-María O'Neil", "李雷", "محمد", "नेहा", "می\u200cخواهم", "👩\u200d👩\u200d👧", "a\u00a0b"):
        assert is_line(name)
