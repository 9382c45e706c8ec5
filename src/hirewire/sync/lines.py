"""A file of bytes as numbered lines of text, with bounded memory: byte order marks, encodings, lines without end."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

LINE_BYTES_MAX = 8_000_000
"""Longest line read, in bytes; a longer one is reported and passed over."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SNIFFED = 4_096
_ESCAPED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line, its end included. ``text`` may hold lone surrogates where bytes were no text (``undecoded``).

    ``fault`` says why there is no text at all.
    """

    number: int
    text: str
    fault: str | None = None


class Lines:
    """The lines of a stream. ``bytes_read`` grows while they are read."""

    def __init__(self, stream: IO[bytes], encoding: str = "utf-8") -> None:
        self._stream = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(_Raw(stream))
        self.bytes_read = 0
        start = self._stream.peek(_SNIFFED)[:_SNIFFED]
        mark, found = next(((mark, name) for mark, name in _BOMS if start.startswith(mark)), (b"", encoding))
        self.encoding = codecs.lookup(found).name
        self._skip(len(mark))
        # A NUL every other byte is UTF-16 that does not say so; it is text in no other encoding.
        self.is_binary = not found.startswith(("utf-16", "utf-32")) and b"\0" in start
        self.first_character = next(
            (each for each in start[len(mark) :].decode(found, "replace") if not each.isspace()), ""
        )
        self._end = "\n".encode(found)

    def _skip(self, count: int) -> None:
        self.bytes_read += len(self._stream.read(count))

    def __iter__(self) -> Iterator[Line]:
        number = 0
        while raw := self._read_line():
            number += 1
            if len(raw) > LINE_BYTES_MAX:
                yield Line(number, "", f"it is longer than {LINE_BYTES_MAX:,} bytes")
            else:
                yield Line(number, raw.decode(self.encoding, _ERRORS.get(self.encoding, "surrogateescape")))

    def _read_line(self) -> bytes:
        """A line with its end; of one that is too long, the beginning, the rest being passed over."""
        raw = self._read_to_end(LINE_BYTES_MAX + 1)
        rest = raw
        while rest and len(raw) > LINE_BYTES_MAX and not self._is_ended(rest):
            rest = self._read_to_end(LINE_BYTES_MAX)
        return raw

    def _read_to_end(self, limit: int) -> bytes:
        """Bytes up to and with the next line end, at most ``limit`` and a few."""
        raw = self._stream.readline(limit)
        # In UTF-16 and UTF-32 a line end is several bytes long, and the byte 0A may be part of another character.
        while len(self._end) > 1 and raw and len(raw) < limit and not self._is_ended(raw):
            more = self._stream.read(1) if len(raw) % len(self._end) else self._stream.readline(limit)
            if not more:
                break
            raw += more
        self.bytes_read += len(raw)
        return raw

    def _is_ended(self, raw: bytes) -> bool:
        return raw.endswith(self._end) and len(raw) % len(self._end) == 0


# What "surrogateescape" cannot do: there, bytes that are no text become U+FFFD.
_ERRORS: dict[str, str] = dict.fromkeys(("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"), "replace")


def undecoded(text: str) -> str | None:
    """The first byte of a line that was no text, as ``0x92``; None where all of it was."""
    found = None if text.isascii() else _ESCAPED.search(text)
    return f"0x{ord(found[0]) - 0xDC00:02x}" if found else None


class _Raw(io.RawIOBase):
    """Any readable stream of bytes, as what a buffer can be put around."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self._stream.read(len(buffer))
        buffer[: len(read)] = read
        return len(read)
