"""Lines of keys: against tomllib, which gives the keys without lines, and against files a person could write."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.runtime.toml_lines import KeyPath, key_lines

CASES = {
    "plain": ("a = 1\nb = 2\n", {("a",): 1, ("b",): 2}),
    "comments and blank lines": ("# a = 0\n\n  a = 1 # b = 9\n", {("a",): 3}),
    "dotted keys": ("a.b.c = 1\na.d = 2", {("a",): 1, ("a", "b"): 1, ("a", "b", "c"): 1, ("a", "d"): 2}),
    "dotted keys with blanks": ("a . b = 1", {("a",): 1, ("a", "b"): 1}),
    "quoted keys": ('"a.b" = 1\n\'c\' = 2\n"\\u00e9" = 3', {("a.b",): 1, ("c",): 2, ("é",): 3}),
    "tables": ("[a]\nx = 1\n[a.b]\nx = 2", {("a",): 1, ("a", "x"): 2, ("a", "b"): 3, ("a", "b", "x"): 4}),
    "arrays of tables": (
        "[[c]]\nid = 1\n\n[[c]]\nid = 2\n[c.more]\nx = 3\n[[c.deep]]\ny = 4",
        {
            ("c",): 1,
            ("c", 0): 1,
            ("c", 0, "id"): 2,
            ("c", 1): 4,
            ("c", 1, "id"): 5,
            ("c", 1, "more"): 6,
            ("c", 1, "more", "x"): 7,
            ("c", 1, "deep"): 8,
            ("c", 1, "deep", 0): 8,
            ("c", 1, "deep", 0, "y"): 9,
        },
    ),
    "inline tables": (
        "a = { b = 1, c = { d = 'x' } }\n",
        {("a",): 1, ("a", "b"): 1, ("a", "c"): 1, ("a", "c", "d"): 1},
    ),
    "arrays over lines": (
        "a = [\n  1, # one\n  { b = 2 },\n]\nc = []",
        {("a",): 1, ("a", 0): 2, ("a", 1): 3, ("a", 1, "b"): 3, ("c",): 5},
    ),
    "strings that look like settings": (
        'a = """\n[b]\nc = 1\n"""\nd = "# \\" ["\ne = \'\'\'\nx = 1\'\'\'\'\nf = """"""\n',
        {("a",): 1, ("d",): 5, ("e",): 6, ("f",): 8},
    ),
    "dates and numbers": ("a = 1979-05-27 07:32:00Z\nb = +1_000\nc = inf", {("a",): 1, ("b",): 2, ("c",): 3}),
    "nothing": ("", {}),
    "only a comment": ("# nothing", {}),
}


@pytest.mark.parametrize("text, lines", CASES.values(), ids=CASES)
def test_each_key_is_on_its_line(text: str, lines: dict[KeyPath, int]):
    assert key_lines(text) == lines


def paths(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {path} if path else set()
    return found.union(*(paths(child, (*path, part)) for part, child in children))


names = st.text(st.sampled_from("ab-.\"'# é=[\\"), min_size=1, max_size=4)
scalars = st.one_of(
    st.integers(-9, 9).map(str),
    st.sampled_from(["true", "1.5", "1979-05-27", "'''\n#'''", '"""\\\n  x"""', "''", '"\\""']),
)


def quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def arrays(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, max_size=3).map(lambda items: "[ #]\n" + ",\n".join(items) + "\n]")


def inline_tables(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.dictionaries(names, inner, max_size=3).map(
        lambda pairs: "{" + ", ".join(f"{quoted(key)} = {value}" for key, value in pairs.items()) + "}"
    )


values = st.recursive(scalars, lambda inner: arrays(inner) | inline_tables(inner), max_leaves=6)
lines = st.one_of(
    st.tuples(st.lists(names, min_size=1, max_size=2), values).map(
        lambda pair: ".".join(map(quoted, pair[0])) + " = " + pair[1]
    ),
    st.lists(names, min_size=1, max_size=3).map(lambda keys: "[" + ".".join(map(quoted, keys)) + "] # here"),
    st.lists(names, min_size=1, max_size=3).map(lambda keys: "[[" + ".".join(map(quoted, keys)) + "]]"),
    st.just(""),
)


@given(st.lists(lines, max_size=8))
def test_every_key_tomllib_finds_has_a_line_that_exists(parts: list[str]):
    kept: list[str] = []
    for part in parts:  # a part that clashes with an earlier one (a key given twice) is left out
        try:
            tomllib.loads("\n".join([*kept, part]))
        except tomllib.TOMLDecodeError:
            continue
        kept.append(part)
    text = "\n".join(kept)
    found = key_lines(text)
    assert set(found) == paths(tomllib.loads(text))
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())
