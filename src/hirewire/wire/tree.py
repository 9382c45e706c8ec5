"""What a value is before it is written and after it was read, and how large one may get. No syntax: v1.py, v2.py.

Readers give strings at every leaf, because neither protocol version marks types; the catalog knows them. All bounds
on hostile or mistaken input stand here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, TypeGuard

from hirewire.wire.errors import Ours, Theirs

Scalar: TypeAlias = str | int | float | bool
"""A leaf as writers take it."""

Tree: TypeAlias = Scalar | Sequence["Tree"] | Mapping[str, "Tree"]
"""What writers take. A union value is a mapping of one entry: its member name to its value."""

Read: TypeAlias = str | list["Read"] | dict[str, "Read"]
"""What readers give."""

MAX_TEXT = 1 << 20
"""Characters in one text, read or written. A batch of 100 application notes has some 17,000 in its query."""

MAX_VALUES = 20_000
"""Values (leaves and containers) in one text, parameters in one query. The same batch has some 400."""

MAX_DEPTH = 32
"""Containers around a leaf, the parameter map or the key itself included. The deepest documented value has three."""


def is_map(value: object) -> TypeGuard[Mapping[str, Tree]]:
    """Whether a value is written as a record, map or union."""
    # Asking an abstract class takes ten times as long, and nearly every map is a plain dict.
    return type(value) is dict or isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[Sequence[Tree]]:
    """Whether a value is written as an array. Strings and bytes are sequences to Python, but no arrays."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray | memoryview)


def check_text(text: str, where: str) -> None:
    """Refuse a text no reader should begin with: over :data:`MAX_TEXT`, or with half of a surrogate pair in it.

    Raises:
        Theirs: 400. A lone surrogate can come only from JSON's ``\\ud800`` and could never be echoed.
    """
    if len(text) > MAX_TEXT:
        raise Theirs(f"expected at most {MAX_TEXT} characters, got {len(text)}", where=where)
    if (offset := _lone_surrogate(text)) is not None:
        raise Theirs(f"half of a surrogate pair, {text[offset]!r}, is no character", where=where, offset=offset)


def plain_text(value: object) -> str:
    """The text of a leaf: strings as they are, numbers in digits, ``true`` and ``false``.

    Raises:
        Ours: the value has no text on the wire (None, NaN, a lone surrogate, bytes, more than 64 bits, ...).

    >>> plain_text(True), plain_text(1.5), plain_text(1484864187000)
    ('true', '1.5', '1484864187000')
    """
    if isinstance(value, str):
        if (offset := _lone_surrogate(value)) is not None:
            raise Ours(f"half of a surrogate pair, {value[offset]!r}, cannot be written as UTF-8", offset=offset)
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() <= 64:
        return str(int(value))
    if isinstance(value, float) and math.isfinite(value):
        return repr(float(value))
    raise Ours(f"expected a string, an integer of 64 bits, a finite float or a bool, got a {type(value).__name__}")


def check_tree(tree: Tree) -> None:
    """Refuse a tree no writer should begin with: too deep (or cyclic), too large, or holding what has no text.

    Raises:
        Ours: what was found, and the bound or the types that were expected.
    """
    waiting: list[tuple[object, int]] = [(tree, 0)]
    values = characters = 0
    while waiting:
        value, depth = waiting.pop()
        items: Iterable[object] = ()
        if is_map(value):
            characters += sum(len(_name(name)) for name in value)
            items = value.values()
        elif is_list(value):
            items = value
        else:
            characters += len(plain_text(value))
            depth -= 1
        if depth >= MAX_DEPTH:
            raise Ours(f"expected at most {MAX_DEPTH} lists and maps inside one another, got more")
        waiting.extend((item, depth + 1) for item in items)
        values += 1
        if values + len(waiting) > MAX_VALUES or characters > MAX_TEXT:
            raise Ours(f"expected at most {MAX_VALUES} values and {MAX_TEXT} characters in one text, got more")


def code_units(text: str) -> bytes:
    """A sort key: the order in which both protocol versions write names, which is that of UTF-16 code units."""
    return text.encode("utf-16-be")


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise Ours(f"expected a string as the name of a value, got a {type(name).__name__}")
    return plain_text(name)


def _lone_surrogate(text: str) -> int | None:
    """Where the first half of a surrogate pair stands, or None. ASCII, the usual case, costs nothing."""
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return None
