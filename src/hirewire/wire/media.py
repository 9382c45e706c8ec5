"""Media types as headers spell them: one (Content-Type) or a list (Accept). What they mean is for the reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MediaType:
    """``type/subtype; name=value``: ``name`` and the parameters' names are lower case, values are as written."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)


# Every repetition below begins with a character the one before it cannot take, so matching is linear. A parameter may
# stand without a value ("foo/bar; baz"): the reference accepts it, and so do most readers.
_NAME = re.compile(r"[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+|\*)")
_PARAMETER = re.compile(r'[ \t]*;[ \t]*([^\s;,="/]*)(?:=("(?:[^"\\]|\\.)*"|[^\s;,"]*))?', re.ASCII)
_COMMA = re.compile(r"[ \t]*(?:,[ \t]*)+")
_BLANKS = re.compile(r"[ \t]*")
_ESCAPED = re.compile(r"\\(.)")


def read_media_types(text: str) -> list[MediaType] | None:
    """A comma-separated list, empty members skipped; None when any member is malformed.

    >>> [media.name for media in read_media_types("text/html, Application/JSON; q=.9") or []]
    ['text/html', 'application/json']
    """
    found: list[MediaType] = []
    at = _end(_COMMA, text, 0)
    while _end(_BLANKS, text, at) < len(text):
        name = _NAME.match(text, at)
        if name is None:
            return None
        parameters, at = _read_parameters(text, name.end())
        found.append(MediaType(name[1].lower(), parameters))
        comma = _end(_COMMA, text, at)
        if comma == at and _end(_BLANKS, text, at) < len(text):
            return None
        at = comma
    return found


def read_media_type(text: str) -> MediaType | None:
    """Exactly one media type, or None."""
    found = read_media_types(text)
    return found[0] if found is not None and len(found) == 1 else None


def _read_parameters(text: str, at: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    while match := _PARAMETER.match(text, at):
        found.setdefault(match[1].lower(), _unquoted(match[2] or ""))
        at = match.end()
    return found, at


def _unquoted(value: str) -> str:
    return _ESCAPED.sub(r"\1", value[1:-1]) if value.startswith('"') else value


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
