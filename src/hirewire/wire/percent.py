"""Percent-encoding, the layer beneath both protocol versions. Which characters are escaped where is theirs to say."""

from __future__ import annotations

import re
from collections.abc import Callable

from hirewire.wire.errors import Theirs

Escape = Callable[[str], str]
"""Writes every character that may not stand bare as the %XX of its UTF-8 octets, in upper-case hexadecimal."""

UNRESERVED = r"A-Za-z0-9\-._~"
"""The characters no place ever escapes but one (``~`` in 1.0.0 key values), as the inside of a character class."""

_OCTETS = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_MALFORMED = re.compile(r"%(?![0-9A-Fa-f]{2})")
# What no URI may hold: controls, blanks of any kind, and these. A query that arrives as a message body (tunnelled)
# or as a JSON member (a key) has not been through an HTTP parser, so nobody else would notice.
_NO_URI = re.compile(r'[\x00-\x20"<>\\^`{|}\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]')


def decode(text: str, where: str, offset: int = 0) -> str:
    """Undo %XX. Neighbouring octets are one run of UTF-8; octets that are no UTF-8 become U+FFFD.

    Args:
        text: a piece of what was received.
        where: the place it stands in, for the error.
        offset: at which character of that place the piece begins.

    Raises:
        Theirs: a ``%`` without two hexadecimal digits behind it.

    >>> decode("smiley%E2%98%BA+", "example")
    'smiley☺+'
    """
    if "%" not in text:
        return text
    if bad := _MALFORMED.search(text):
        given = text[bad.start() : bad.start() + 3]
        raise Theirs(
            f"expected two hexadecimal digits after %, got {given!r}; a % itself is written %25",
            where=where,
            offset=offset + bad.start(),
        )
    return _OCTETS.sub(lambda run: bytes.fromhex(run[0].replace("%", "")).decode("utf-8", "replace"), text)


def decode_form(text: str, where: str, offset: int = 0) -> str:
    """Undo form-encoding: :func:`decode`, and ``+`` is a space.

    >>> decode_form("a+b%2B", "example")
    'a b+'
    """
    return decode(text.replace("+", " "), where, offset)


def escaper(characters: str) -> Escape:
    """An :data:`Escape` for the characters of a regular expression's class, such as ``[^A-Za-z0-9]``."""
    pattern = re.compile(f"{characters}+")
    return lambda text: pattern.sub(_escaped, text)


def check_uri(text: str, where: str) -> None:
    """Refuse a text that could not stand in a URI as it is.

    Raises:
        Theirs: 400 naming the first character that should have been escaped.
    """
    if bad := _NO_URI.search(text):
        escaped = _escaped(bad)
        raise Theirs(f"{bad[0]!r} cannot stand here as it is, write {escaped}", where=where, offset=bad.start())


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"%{octet:02X}" for octet in match[0].encode())
