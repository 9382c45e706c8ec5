"""Protocol 2.0.0: trees as elements, ``(name:value,...)`` for maps, ``List(value,...)`` for lists, strings else.

One reader for all places; writing differs by place only in what is percent-encoded besides the grammar itself.
"""

from __future__ import annotations

import re

from hirewire.wire.errors import Theirs
from hirewire.wire.percent import UNRESERVED, Escape, decode, escaper
from hirewire.wire.tree import (
    MAX_DEPTH,
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

EMPTY = "''"
"""The empty string. Quotes that are data are written %27."""

escape_body: Escape = escaper(r"[(),:'%]")
"""Body keys: only the grammar is escaped; blanks, ``&``, ``/`` and non-ASCII stay as they are."""

escape_header: Escape = escaper(r"[(),:'%\x00-\x1f\x7f-\U0010ffff]")
"""The id header: as body keys, and what an HTTP header cannot hold (controls, non-ASCII)."""

escape_path: Escape = escaper(rf"[^{UNRESERVED}!$&*+=@]")
"""One path segment."""

escape_query: Escape = escaper(rf"[^{UNRESERVED}!$*;@/?]")
"""Values and names of a query."""

# "List" is grammar only directly before a bracket, so "List" and "List%28" are strings.
_TOKEN = re.compile(r"List\(|[(),:]|[^(),:]+")
_END = ""
_GRAMMAR = frozenset(["List(", "(", ")", ",", ":", _END])


def read_element(text: str, where: str) -> Read:
    """The value one element stands for; leaves are strings, a repeated map name: the last wins.

    Raises:
        Theirs: 400 with the character where the text stops being an element.

    >>> read_element("(a:x%2Cy,b:List('',z))", "example")
    {'a': 'x,y', 'b': ['', 'z']}
    """
    check_text(text, where)
    return _Reader(text, where).whole()


def write_element(tree: Tree, escape: Escape) -> str:
    """The element for a tree, map names sorted.

    Raises:
        Ours: a value no text can stand for.

    >>> write_element({"b": ["", True], "a": "urn:li:x:1"}, escape_query)
    "(a:urn%3Ali%3Ax%3A1,b:List('',true))"
    """
    check_tree(tree)
    return _written(tree, escape)


def write_string(text: str, escape: Escape) -> str:
    """A string that is an element or a name in one."""
    return escape(text) if text else EMPTY


def _written(tree: Tree, escape: Escape) -> str:
    """No deeper than check_tree allows."""
    if is_map(tree):
        names = sorted(tree, key=code_units)
        return "({})".format(",".join(f"{write_string(name, escape)}:{_written(tree[name], escape)}" for name in names))
    if is_list(tree):
        return "List({})".format(",".join(_written(item, escape) for item in tree))
    return write_string(plain_text(tree), escape)


class _Reader:
    """One pass over the tokens of one text. Every method takes what it reads and leaves the rest."""

    def __init__(self, text: str, where: str) -> None:
        self._where = where
        self._tokens: list[str] = [*_TOKEN.findall(text), _END]
        self._next = 0
        self._values = 0

    def whole(self) -> Read:
        """The one element of the text."""
        element = self._element(0)
        if self._peek() != _END:
            raise self._wrong("the end of the value")
        return element

    def _element(self, depth: int) -> Read:
        self._values += 1
        if self._values > MAX_VALUES:
            raise self._wrong(f"at most {MAX_VALUES} values")
        container = _CONTAINERS.get(self._peek())
        if container is None:
            return self._string("a value (an empty string is written '')")
        if depth >= MAX_DEPTH:
            raise self._wrong(f"at most {MAX_DEPTH} brackets inside one another")
        self._next += 1
        return container(self, depth + 1)

    def _map(self, depth: int) -> Read:
        entries: dict[str, Read] = {}
        while not self._closes(empty=not entries):
            name = self._string("a name (an empty one is written '')")
            if self._peek() != ":":
                raise self._wrong("':' and a value after the name")
            self._next += 1
            entries[name] = self._element(depth)
        return entries

    def _list(self, depth: int) -> Read:
        items: list[Read] = []
        while not self._closes(empty=not items):
            items.append(self._element(depth))
        return items

    def _closes(self, *, empty: bool) -> bool:
        """Step over the closing bracket, or over the comma before the next entry."""
        token = self._peek()
        if token == ")":
            self._next += 1
            return True
        if not empty:
            if token != ",":
                raise self._wrong("',' or ')'")
            self._next += 1
        return False

    def _string(self, expected: str) -> str:
        token = self._peek()
        if token in _GRAMMAR:
            raise self._wrong(expected)
        self._next += 1
        if "%" not in token:
            return "" if token == EMPTY else token
        try:
            return decode(token, self._where)
        except Theirs:
            # Once more, to say where: counting offsets on the way would cost every good text.
            return decode(token, self._where, self._offset(self._next - 1))

    def _peek(self) -> str:
        return self._tokens[self._next]

    def _offset(self, index: int) -> int:
        return sum(map(len, self._tokens[:index]))

    def _wrong(self, expected: str) -> Theirs:
        found = self._peek()
        given = repr(found) if found else "the end of the text"
        hint = "; in a name or value, escape : as %3A" if found == ":" else ""
        return Theirs(f"expected {expected}, got {given}{hint}", where=self._where, offset=self._offset(self._next))


_CONTAINERS = {"(": _Reader._map, "List(": _Reader._list}
