"""What writers refuse whatever the version: values without a text, and trees too large, too deep or cyclic."""

from __future__ import annotations

import math

import pytest

from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.tree import MAX_DEPTH, MAX_TEXT, MAX_VALUES, check_text, check_tree, code_units, plain_text


def nested(depth: int, leaf: object = "x") -> object:
    """A leaf inside of so many lists."""
    for _ in range(depth):
        leaf = [leaf]
    return leaf


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), ("", ""), (0, "0"), (-5, "-5"), (2**63 - 1, "9223372036854775807"), (True, "true"), (False, "false"),
     (1.5, "1.5"), (1e22, "1e+22"), ("株😛", "株😛")],
)  # fmt: skip
def test_the_text_of_a_leaf(value: object, text: str):
    assert plain_text(value) == text


@pytest.mark.parametrize(
    "value",
    [None, math.nan, math.inf, b"a", "\ud800", "a\udfff", 1 << 65, object(), {1, 2}, 10**5000],
    ids=lambda value: type(value).__name__,
)
def test_a_leaf_without_a_text(value: object):
    with pytest.raises(Ours):
        plain_text(value)


def test_a_lone_surrogate_is_placed():
    with pytest.raises(Ours) as caught:
        plain_text("ab\ud800")
    assert caught.value.offset == 2


CYCLE: list = []
CYCLE.append(CYCLE)
WIDE: list = ["x"]
for _ in range(30):
    WIDE = [WIDE, WIDE]  # a billion leaves in thirty lists


@pytest.mark.parametrize(
    "tree",
    [CYCLE, WIDE, nested(MAX_DEPTH + 1), nested(MAX_DEPTH + 1, {}), ["x"] * MAX_VALUES, ["x" * MAX_TEXT, "x"],
     {"x" * (MAX_TEXT + 1): ""}, {1: "x"}, {"\ud800": "x"}, {"a": None}, {"a": [b"x"]}],
    ids=["cycle", "shared", "deep", "deep-empty", "many", "long", "long-name", "number-name", "half-name", "none",
         "bytes"],
)  # fmt: skip
def test_a_tree_nobody_could_read(tree):
    with pytest.raises(Ours):
        check_tree(tree)


@pytest.mark.parametrize(
    "tree", ["x", {}, [], nested(MAX_DEPTH), nested(MAX_DEPTH - 1, {}), ["x"] * (MAX_VALUES - 1), {"a": ("b", [])}],
    ids=["leaf", "map", "list", "deep", "deep-empty", "many", "tuple"],
)  # fmt: skip
def test_a_tree_within_the_bounds(tree):
    check_tree(tree)


def test_names_are_ordered_by_utf16_code_units():
    """The replacement character stands after every pair of surrogates in UTF-8, before it in UTF-16."""
    assert sorted(["\ufffd", "😛", "b", "B"], key=code_units) == ["B", "b", "😛", "\ufffd"]


@pytest.mark.parametrize("text", ["x" * (MAX_TEXT + 1), "a\ud800b"], ids=["long", "half"])
def test_a_text_no_reader_begins_with(text: str):
    with pytest.raises(Theirs):
        check_text(text, "example")
