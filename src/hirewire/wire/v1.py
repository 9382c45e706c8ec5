"""Protocol 1.0.0: trees as dotted, indexed parameter names, keys as ``name=value&name=value``.

The version of every documented sample. It is lossy by design: empty lists and maps vanish, a list of one value reads
back as that value, repeated values come out sorted. Which key kind stands where is keys.py's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.percent import UNRESERVED, check_uri, decode_form, escaper
from hirewire.wire.protocol import PROTOCOL_HEADER
from hirewire.wire.tree import (
    MAX_DEPTH,
    MAX_TEXT,
    MAX_VALUES,
    Read,
    Tree,
    check_text,
    check_tree,
    code_units,
    is_list,
    is_map,
    plain_text,
)

MAX_INDEX = (1 << 31) - 1
"""The highest n of ``name[n]``."""

NEEDS_HEADER = f"this is written as under 2.0.0, but the request speaks 1.0.0: send the header {PROTOCOL_HEADER}: 2.0.0"
"""What to do about 2.0.0 text that came without the version header, the commonest slip of all."""

_REPEATED = "Multiple values of indexed query parameter are not supported"

escape_query = escaper(rf"[^{UNRESERVED}!$'()*,;:@/?]")
"""Names and values of a query: space is %20, brackets are escaped, urn colons stay bare."""

_escape_form = escaper(r"[^A-Za-z0-9\-._* ]")
# Names in key text stay as they are, apart from what would end or change the name for the reader.
_escape_key_name = escaper(rf"[^{UNRESERVED}!$'()*,;:@/?\[\]]")

# Inside a name these four are grammar; there they are written ~XX.
_escape_tilde = str.maketrans({character: f"~{ord(character):02X}" for character in "[].~"})
_TILDE = re.compile(r"~([0-9A-Fa-f]{2})")
_BAD_TILDE = re.compile(r"~(?![0-9A-Fa-f]{2})")
_DIGITS = re.compile(r"0*([0-9]{1,10})", re.ASCII)


def escape_form(text: str) -> str:
    """Form-encoding: bare are letters, digits and ``. - * _``; a space is ``+``.

    >>> escape_form("urn:li:organization:1 ~*")
    'urn%3Ali%3Aorganization%3A1+%7E*'
    """
    return _escape_form(text).replace(" ", "+")


def read_query(text: str, where: str = "query") -> dict[str, Read]:
    """The tree a query, or the text of a complex key, stands for. Leaves are strings.

    A ``#`` ends the text, as in every URI; a parameter without a name is ignored (seed 000 sends ``?=null``).

    Raises:
        Theirs: 400 with the place and, where it is known, the character.

    >>> read_query("ids[4].a=x+y&ids[1].a=urn%3Ali%3Ax%3A1&owners=o1&owners=o2")
    {'ids': [{'a': 'urn:li:x:1'}, {'a': 'x y'}], 'owners': ['o1', 'o2']}
    """
    check_text(text, where)
    text = text.partition("#")[0]
    check_uri(text, where)
    root: dict[Any, Any] = {}
    for name, values in _by_name(text, where).items():
        steps = _steps(name, where)
        if len(values) > 1 and len(steps) > 1:
            raise Theirs(f"{_REPEATED}: {_shown(name)}", where=where)
        _place(root, steps, values if len(values) > 1 else values[0], where)
    tree: dict[str, Read] = _closed(root)
    return tree


def write_query(params: Mapping[str, Tree]) -> str:
    """The query for a map of parameters: names sorted, repeated values sorted, an empty string as a bare name.

    Raises:
        Ours: a value no text can stand for, or a parameter without a name.

    >>> write_query({"ids": [{"b": "urn:li:x:1", "a": "x y"}], "l": ["c", "b"], "none": []})
    'ids%5B0%5D.a=x%20y&ids%5B0%5D.b=urn:li:x:1&l=b&l=c'
    """
    return "&".join(query_piece(name, value) for name, value in leaves(params))


def query_piece(name: str, value: str) -> str:
    """One ``name=value`` of a query."""
    return f"{escape_query(name)}={escape_query(value)}" if value else escape_query(name)


def write_key(parts: Mapping[str, Tree]) -> str:
    """The text of a complex key: parts sorted by name, values form-encoded whatever the place.

    Raises:
        Ours: a value no text can stand for, or a part without a name.

    >>> write_key({"integrationContext": "urn:li:organization:1", "externalNoteId": "n 1"})
    'externalNoteId=n+1&integrationContext=urn%3Ali%3Aorganization%3A1'
    """
    return "&".join(f"{_escape_key_name(name)}={escape_form(value)}" for name, value in leaves(parts))


def read_association(text: str, where: str) -> dict[str, Read]:
    """The parts of an association key, ``a=1&b=2``; the legacy form ``a:1;b:2`` too. A repeated name: the last wins.

    Raises:
        Theirs: a piece that is not a name and a value, both not empty.
    """
    check_text(text, where)
    between, inside = (";", ":") if "=" not in text and ":" in text else ("&", "=")
    if text.count(between) >= MAX_VALUES:
        raise Theirs(f"expected at most {MAX_VALUES} parts, got more", where=where)
    parts: dict[str, Read] = {}
    offset = 0
    for piece in text.split(between):
        name, _, value = piece.partition(inside)
        if not name or not value or inside in value:
            raise Theirs(f"expected name{inside}value, both not empty, got {_shown(piece)}", where=where, offset=offset)
        parts[decode_form(name, where, offset)] = decode_form(value, where, offset + len(name) + 1)
        offset += len(piece) + 1
    return parts


def write_association(parts: Mapping[str, Tree]) -> str:
    """The text of an association key: parts sorted by name, names and values form-encoded.

    An empty value is written, as the reference does, though no reader takes it: the catalog lets none come so far.

    Raises:
        Ours: a value that is a list or a map: association keys are flat.
    """
    check_tree(parts)
    texts = {name: plain_text(value) for name, value in parts.items()}
    return "&".join(f"{escape_form(name)}={escape_form(texts[name])}" for name in sorted(texts, key=code_units))


def leaves(params: Mapping[str, Tree]) -> list[tuple[str, str]]:
    """The names and texts a tree flattens to, sorted by name and then by text, nothing percent-encoded yet.

    Raises:
        Ours: as :func:`write_query`.
    """
    check_tree(params)
    if "" in params:
        raise Ours("expected a name for every parameter, got an empty one: readers ignore it")
    flat: list[tuple[str, str]] = []
    characters = 0
    for name, text in _flattened("", params):
        characters += len(name) + len(text)
        if characters > MAX_TEXT:
            raise Ours(f"expected at most {MAX_TEXT} characters in one text, got more")
        flat.append((name, text))
    return sorted(flat, key=lambda leaf: (code_units(leaf[0]), code_units(leaf[1])))


def _flattened(prefix: str, tree: Tree) -> Iterator[tuple[str, str]]:
    """The leaves below ``prefix``; no deeper than check_tree allows."""
    if is_map(tree):
        stem = f"{prefix}." if prefix else ""
        for name, value in tree.items():
            yield from _flattened(stem + name.translate(_escape_tilde), value)
    elif is_list(tree):
        for index, value in enumerate(tree):
            # Plain values of a parameter are repeated under its bare name; anything deeper carries its index.
            repeated = "." not in prefix and not is_map(value) and not is_list(value)
            yield from _flattened(prefix if repeated else f"{prefix}[{index}]", value)
    else:
        yield prefix, plain_text(tree)


def _by_name(text: str, where: str) -> dict[str, list[str]]:
    """Decoded names to their decoded values, in the order of the wire."""
    if text.count("&") >= MAX_VALUES:
        raise Theirs(f"expected at most {MAX_VALUES} parameters, got more", where=where)
    found: dict[str, list[str]] = {}
    offset = 0
    for piece in text.split("&"):
        raw_name, _, raw_value = piece.partition("=")
        name = decode_form(raw_name, where, offset)
        value = decode_form(raw_value, where, offset + len(raw_name) + 1)
        if name:
            found.setdefault(name, []).append(value)
        offset += len(piece) + 1
    return found


def _steps(name: str, where: str) -> list[str | int]:
    """The way a dotted, indexed name leads: map members as strings, list places as numbers."""
    steps = [step for segment in name.split(".") for step in _segment(segment, name, where)]
    if len(steps) > MAX_DEPTH:
        raise Theirs(f"expected at most {MAX_DEPTH} levels in a name, got {_shown(name)}", where=where)
    return steps


def _segment(segment: str, name: str, where: str) -> Iterable[str | int]:
    """``a`` is one step, ``a[3]`` two. Only a closing bracket at the very end makes an index; ``a[1]b`` is a name."""
    if not segment.endswith("]"):
        return [_untilded(segment, name, where)]
    stem, bracket, digits = segment[:-1].rpartition("[")
    index = _DIGITS.fullmatch(digits)
    if not bracket or stem.endswith("]") or index is None or int(index[1]) > MAX_INDEX:
        raise Theirs(f"expected name[index] with one index of 0 to {MAX_INDEX}, got {_shown(name)}", where=where)
    return [_untilded(stem, name, where), int(index[1])]


def _untilded(text: str, name: str, where: str) -> str:
    if not text:
        raise Theirs(f"expected a name before and after every '.' and before '[', got {_shown(name)}", where=where)
    if _BAD_TILDE.search(text):
        raise Theirs(f"expected two hexadecimal digits after ~, got {_shown(name)}", where=where)
    return _TILDE.sub(lambda pair: chr(int(pair[1], 16)), text)


class _Indexed(dict[Any, Any]):
    """A list under construction: places may come in any order and leave gaps."""


def _place(root: dict[Any, Any], steps: list[str | int], leaf: str | list[str], where: str) -> None:
    """Put a leaf at the end of its way, making the containers on it; one place has one meaning."""
    node = root
    for step, following in pairwise(steps):
        kind: type[dict[Any, Any]] = dict if isinstance(following, str) else _Indexed
        child = node.setdefault(step, kind())
        if type(child) is not kind:
            raise _conflict(steps, where)
        node = child
    if steps[-1] in node:
        raise _conflict(steps, where)
    node[steps[-1]] = leaf


def _conflict(steps: list[str | int], where: str) -> Theirs:
    way = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)[1:]
    return Theirs(
        f"expected one value for one place, but {_shown(way)} is given twice or as value and parent", where=where
    )


def _closed(node: Any) -> Any:
    """The finished tree: lists in the order of their indexes, gaps closed."""
    if isinstance(node, _Indexed):
        return [_closed(node[index]) for index in sorted(node)]
    if isinstance(node, dict):
        return {name: _closed(value) for name, value in node.items()}
    return node


def _shown(text: str) -> str:
    """A text as an error quotes it: no longer than a person reads."""
    return repr(text if len(text) <= 120 else f"{text[:117]}...")
