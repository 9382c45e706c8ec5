"""On which line each key of a TOML document stands. Not a parser: the text must already be known to be valid TOML.

``tomllib`` gives values without places, and a person who mistyped a key wants the line. Valid TOML is easy to walk:
strings, brackets and keys are all there is to tell apart.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""The way to a value: table keys and positions in arrays, outermost first."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[^\s.=\[\]\"'#,{}]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'  # the closing delimiter may follow one or two quotes of the text itself
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_PLAIN_VALUE = re.compile(r"[^,\]}#\n]+")


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line, counted from 1, on which each key, table and array element first stands.

    >>> key_lines("a.b = 1\\n[[c]]\\nd = [2]")
    {('a',): 1, ('a', 'b'): 1, ('c',): 2, ('c', 0): 2, ('c', 0, 'd'): 3, ('c', 0, 'd', 0): 3}
    """
    walk = _Walk(text)
    walk.document()
    return walk.lines


class _Walk:
    """One pass over a document: where we are, what was met where, and how long each array of tables has become."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        self._tables_in: dict[KeyPath, int] = {}

    def document(self) -> None:
        table: KeyPath = ()
        self._skip_blank()
        while self.at < len(self.text):
            if self.text.startswith("[", self.at):
                table = self._header()
            else:
                self._key_value(table)
            self._skip_blank()

    def _header(self) -> KeyPath:
        is_array = self.text.startswith("[[", self.at)
        start = self.at
        self.at += 2 if is_array else 1
        keys = self._keys()
        self.at += 2 if is_array else 1
        if not is_array:
            return self._resolve((), keys, start)
        path = (*self._resolve((), keys[:-1], start), keys[-1])
        index = self._tables_in.get(path, 0)
        self._tables_in[path] = index + 1
        self._note(path, start)
        self._note((*path, index), start)
        return (*path, index)

    def _key_value(self, table: KeyPath) -> None:
        start = self.at
        path = self._resolve(table, self._keys(), start)
        self.at += 1  # the equals sign
        self._value(path)

    def _resolve(self, base: KeyPath, keys: list[str], start: int) -> KeyPath:
        """Follow ``keys`` from ``base``; a name that is an array of tables means its newest table."""
        path = base
        for key in keys:
            path = (*path, key)
            self._note(path, start)
            if path in self._tables_in:
                path = (*path, self._tables_in[path] - 1)
        return path

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip_blank()
            if self.text[self.at] in "\"'":
                keys.append(tomllib.loads(f"key = {self._take(_STRING)}")["key"])
            else:
                keys.append(self._take(_BARE_KEY))
            self._skip_blank()
            if not self.text.startswith(".", self.at):
                return keys
            self.at += 1

    def _value(self, path: KeyPath) -> None:
        self._skip_blank()
        self._note(path, self.at)
        opening = self.text[self.at]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        else:
            self._take(_STRING if opening in "\"'" else _PLAIN_VALUE)

    def _array(self, path: KeyPath) -> None:
        index = 0
        while self._next_item("]"):
            self._value((*path, index))
            index += 1
            self._skip_blank()

    def _inline_table(self, path: KeyPath) -> None:
        while self._next_item("}"):
            self._key_value(path)
            self._skip_blank()

    def _next_item(self, closing: str) -> bool:
        """Step over the opening bracket or the comma; False when the closing bracket was met and passed."""
        if self.text[self.at] != closing:
            self.at += 1
            self._skip_blank()
        if not self.text.startswith(closing, self.at):
            return True
        self.at += 1
        return False

    def _skip_blank(self) -> None:
        self._take(_BLANK)

    def _take(self, form: re.Pattern[str]) -> str:
        match = form.match(self.text, self.at)
        assert match is not None, "the text is valid TOML"  # the caller parsed it before
        self.at = match.end()
        return match[0]

    def _note(self, path: KeyPath, at: int) -> None:
        self.lines.setdefault(path, bisect_right(self._line_ends, at - 1) + 1)
