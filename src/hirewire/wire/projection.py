"""Projections: which fields of an answer a caller asked for (``fields=a,b:(c)``), and ``$returnEntity``.

The syntax is one of its own and the same under both protocol versions; a mask is never an element or a List().
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any, TypeAlias

from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.tree import MAX_DEPTH, MAX_VALUES, Read, check_text

Mask: TypeAlias = dict[str, "int | Mask"]
"""Field to 1 (wanted), 0 (not wanted) or the mask of what it holds; ``$*`` is every field or item, ``$start`` and
``$count`` a range of items."""

MASK_PARAMETERS = frozenset(["fields", "metadataFields", "pagingFields"])
"""The parameters that hold a mask: of the entities, of the collection's metadata, of the paging."""

RETURN_ENTITY = "$returnEntity"

_WILDCARD, _START, _COUNT = "$*", "$start", "$count"
_RANGE = frozenset([_START, _COUNT])
_MAX_RANGE = (1 << 31) - 1

_TOKEN = re.compile(r"[(),:]|[^(),:]+")
_SIGNS = frozenset(["(", ")", ",", ":", ""])
_FIELD = re.compile(r"(?!-)[^(),:\s]+")
_BLANK = re.compile(r"\s+")
_NUMBER = re.compile(r"0*([0-9]{1,10})", re.ASCII)


def read_mask(text: str, where: str = "query parameter 'fields'") -> Mask:
    """The mask a decoded parameter stands for. Blanks mean nothing; a field named twice: the last wins.

    Raises:
        Theirs: 400 with the character where the text stops being a mask.

    >>> read_mask("a,b:($*:(c),-d,$start:2)")
    {'a': 1, 'b': {'$*': {'c': 1}, 'd': 0, '$start': 2}}
    """
    check_text(text, where)
    return _Reader(text, where).whole()


def write_mask(mask: Mapping[str, Any]) -> str:
    """The text of a mask, not yet escaped for the query.

    Raises:
        Ours: a value that is no mask, a field name with grammar in it, or masks nested too deep.

    >>> write_mask({"a": 1, "b": {"$*": {"c": 1}, "d": 0, "$start": 2}})
    'a,b:($*:(c),-d,$start:2)'
    """
    return _written(mask, 0)


def apply_mask(value: Any, mask: Mapping[str, Any]) -> Any:
    """What of a JSON value a mask leaves: fields wanted, or, where a mask only excludes, all but those.

    An empty mask leaves an empty object. Masks of lists speak of their items: ``$*``, ``$start``, ``$count``.

    >>> apply_mask({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": 0}})
    {'a': 1, 'b': {'d': 3}}
    """
    if isinstance(value, list):
        start = mask.get(_START, 0)
        items = value[start : start + mask.get(_COUNT, len(value))]
        return [kept for item in items if (kept := _kept(item, mask.get(_WILDCARD, 1))) is not _DROPPED]
    if not isinstance(value, dict):
        return value
    default = mask.get(_WILDCARD, 0 if not mask or _selects(mask) else 1)
    masked = ((name, _kept(item, _merged(mask.get(name), default))) for name, item in value.items())
    return {name: item for name, item in masked if item is not _DROPPED}


def read_return_entity(params: Mapping[str, Read]) -> bool | None:
    """What ``$returnEntity`` asks for; None when it is absent.

    Raises:
        Theirs: anything but true and false, in whatever case.
    """
    value = params.get(RETURN_ENTITY)
    if value is None:
        return None
    known = {"true": True, "false": False}
    if not isinstance(value, str) or value.lower() not in known:
        raise Theirs(f"expected true or false, got {value!r:.80}", where=f"query parameter '{RETURN_ENTITY}'")
    return known[value.lower()]


_DROPPED = object()


def _kept(value: Any, mask: Any) -> Any:
    if mask == 0:
        return _DROPPED
    return apply_mask(value, mask) if isinstance(mask, Mapping) else value


def _merged(own: Any, wildcard: Any) -> Any:
    """The mask of one field: its own where it has one; where both say what they want inside, both are wanted."""
    if own is None:
        return wildcard
    if isinstance(own, Mapping) and wildcard != 0:
        inside = wildcard if isinstance(wildcard, Mapping) else {_WILDCARD: 1}
        return {**inside, **own}
    return own


def _selects(mask: Mapping[str, Any]) -> bool:
    """Whether a mask names anything wanted; one that only excludes leaves the rest."""
    return any(
        name in _RANGE or (_selects(item) if isinstance(item, Mapping) else item == 1) for name, item in mask.items()
    )


def _written(mask: Mapping[str, Any], depth: int) -> str:
    if depth >= MAX_DEPTH:
        raise Ours(f"expected at most {MAX_DEPTH} masks inside one another, got more")
    return ",".join(_entry(name, item, depth) for name, item in mask.items())


def _entry(name: object, item: Any, depth: int) -> str:
    if not isinstance(name, str) or not _FIELD.fullmatch(name):
        raise Ours("expected a field name without blanks, '(', ')', ',', ':' or a leading '-', got another")
    if isinstance(item, Mapping):
        return f"{name}:({_written(item, depth + 1)})"
    if name in _RANGE and isinstance(item, int) and 0 <= item <= _MAX_RANGE:
        return f"{name}:{int(item)}"
    if name not in _RANGE and item in (0, 1):
        return name if item else f"-{name}"
    raise Ours(
        f"expected 0, 1 or a mask (a number from 0 for $start and $count), got a {type(item).__name__} for {name!r}"
    )


class _Reader:
    """One pass over the tokens of one mask."""

    def __init__(self, text: str, where: str) -> None:
        self._where = where
        tokens = islice(_TOKEN.finditer(text), MAX_VALUES + 1)
        self._tokens = [(token.start(), _BLANK.sub("", token[0])) for token in tokens]
        self._tokens.append((len(text), ""))
        self._next = 0

    def whole(self) -> Mask:
        """The mask of the text."""
        if len(self._tokens) > MAX_VALUES:
            raise self._wrong(f"at most {MAX_VALUES} fields and signs")
        mask = self._mask(0)
        if self._next < len(self._tokens) - 1:
            raise self._wrong("',' or the end of the mask")
        return mask

    def _mask(self, depth: int) -> Mask:
        if depth >= MAX_DEPTH:
            raise self._wrong(f"at most {MAX_DEPTH} masks inside one another")
        mask: Mask = {}
        while True:
            self._field(mask, depth)
            if self._peek() != ",":
                return mask
            self._next += 1

    def _field(self, mask: Mask, depth: int) -> None:
        """One field of a mask. Nothing at all is no field: a list of fields may be empty or end in a comma."""
        name = self._peek()
        if name in _SIGNS:
            return
        self._next += 1
        if self._peek() == ":":
            self._next += 1
            mask[name] = self._range() if name in _RANGE else self._inner(depth)
        elif wanted := name.removeprefix("-"):
            mask[wanted] = 0 if name.startswith("-") else 1

    def _inner(self, depth: int) -> Mask:
        if self._peek() != "(":
            raise self._wrong("'(' and the fields inside")
        self._next += 1
        inner = self._mask(depth + 1)
        if self._peek() != ")":
            raise self._wrong("',' or ')'")
        self._next += 1
        return inner

    def _range(self) -> int:
        number = _NUMBER.fullmatch(self._peek())
        if number is None or int(number[1]) > _MAX_RANGE:
            raise self._wrong(f"a whole number of 0 to {_MAX_RANGE}")
        self._next += 1
        return int(number[1])

    def _peek(self) -> str:
        return self._tokens[self._next][1]

    def _wrong(self, expected: str) -> Theirs:
        offset, found = self._tokens[self._next]
        return Theirs(f"expected {expected}, got {found[:80]!r}", where=self._where, offset=offset)
