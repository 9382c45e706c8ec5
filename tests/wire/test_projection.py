"""Masks both ways, what they leave of an answer, and ``$returnEntity``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.projection import apply_mask, read_mask, read_return_entity, write_mask
from hirewire.wire.tree import MAX_DEPTH, MAX_VALUES

PAIRS = [
    ("", {}),
    ("a", {"a": 1}),
    ("-a", {"a": 0}),
    ("a,-b,c:(d,-e)", {"a": 1, "b": 0, "c": {"d": 1, "e": 0}}),
    ("$*", {"$*": 1}),
    ("-$*", {"$*": 0}),
    ("a:()", {"a": {}}),
    ("a:($*:(c),$start:2,$count:4)", {"a": {"$*": {"c": 1}, "$start": 2, "$count": 4}}),
    ("$start:0,$count:1", {"$start": 0, "$count": 1}),
    ("$start", {"$start": 1}),
]

READ_ONLY = [
    (" a ,\tb : (c)".replace(": (", ":("), {"a": 1, "b": {"c": 1}}),
    ("a,,b,", {"a": 1, "b": 1}),
    ("a,a:(b)", {"a": {"b": 1}}),
    ("-", {}),
]


@pytest.mark.parametrize(("text", "mask"), [*PAIRS, *READ_ONLY])
def test_a_mask_is_read(text: str, mask: dict):
    assert read_mask(text) == mask


@pytest.mark.parametrize(("text", "mask"), [pair for pair in PAIRS if pair[0] != "$start"])
def test_a_mask_is_written(text: str, mask: dict):
    assert write_mask(mask) == text


@pytest.mark.parametrize(
    ("text", "offset"),
    [("List(a)", 4), ("a:", 2), ("a:b", 2), ("a:($*,:2)", 6), ("a:($*,b:5)", 8), ("a:(b", 4), ("a)", 1), ("a:(b)c", 5),
     ("(a)", 0), ("a:((b))", 3), ("$start:", 7), ("$start:-1", 7), ("$count:1yz", 7), ("$count:2147483648", 7),
     ("$count:(a)", 7), (":(a)", 0), ("a: (b)", 2)],
)  # fmt: skip
def test_a_text_that_is_no_mask_is_refused(text: str, offset: int):
    with pytest.raises(Theirs) as caught:
        read_mask(text)
    assert (caught.value.offset, caught.value.where) == (offset, "query parameter 'fields'")


@pytest.mark.parametrize(
    "text", ["a:(" * (MAX_DEPTH + 1), "a," * MAX_VALUES, "\ud800", "$count:" + "9" * 5000],
    ids=["deep", "many", "half", "number"],
)  # fmt: skip
def test_a_mask_out_of_bounds_is_refused(text: str):
    with pytest.raises(Theirs):
        read_mask(text)


CYCLE: dict = {}
CYCLE["a"] = CYCLE


@pytest.mark.parametrize(
    "mask",
    [{"": 1}, {"-a": 1}, {"a b": 1}, {"a:b": 1}, {1: 1}, {"a": 2}, {"a": None}, {"$start": -1}, {"$count": 2**31},
     {"$count": "1"}, CYCLE],
    ids=range(11),
)  # fmt: skip
def test_a_mask_that_cannot_be_written(mask: dict):
    with pytest.raises(Ours):
        write_mask(mask)


FIELDS = st.text(alphabet="abc$*.", min_size=1, max_size=3)
MASKS = st.recursive(
    st.dictionaries(FIELDS, st.sampled_from([0, 1]), max_size=3),
    lambda inner: st.dictionaries(FIELDS, st.sampled_from([0, 1]) | inner, max_size=3),
    max_leaves=8,
)


@given(MASKS)
def test_every_mask_comes_back(mask: dict):
    assert read_mask(write_mask(mask)) == mask


@given(st.text(alphabet="ab$*start:count(),-0 9\ud800", max_size=20))
def test_any_text_is_a_mask_or_refused(text: str):
    try:
        read_mask(text)
    except Theirs:
        pass


NOTE = {"author": {"firstName": "Angela", "lastName": "Smith"}, "note": "interview", "tags": [{"x": 1, "y": 2}, 5]}


@pytest.mark.parametrize(
    ("mask", "left"),
    [
        ("", {}),
        ("note", {"note": "interview"}),
        ("-note,-tags", {"author": NOTE["author"]}),
        ("author:(firstName)", {"author": {"firstName": "Angela"}}),
        ("author:(-firstName)", {**NOTE, "author": {"lastName": "Smith"}}),
        ("note,author:(-firstName)", {"note": "interview", "author": {"lastName": "Smith"}}),
        ("$*,-note", {"author": NOTE["author"], "tags": NOTE["tags"]}),
        ("$*,author:(-firstName)", {**NOTE, "author": {"lastName": "Smith"}}),
        ("$*:(firstName),author:(lastName),note", {**NOTE, "tags": NOTE["tags"]}),
        ("-$*,note", {"note": "interview"}),
        ("-$*,author:(lastName)", {"author": {"lastName": "Smith"}}),
        ("note:(x)", {"note": "interview"}),
        ("tags:($*:(x))", {"tags": [{"x": 1}, 5]}),
        ("tags:($start:1)", {"tags": [5]}),
        ("tags:($count:1,$*:(-x))", {"tags": [{"y": 2}]}),
        ("tags:(-$*)", {**NOTE, "tags": []}),
        ("missing", {}),
    ],
)
def test_what_a_mask_leaves(mask: str, left: dict):
    assert apply_mask(NOTE, read_mask(mask)) == left


@pytest.mark.parametrize(
    ("params", "wanted"),
    [
        ({}, None),
        ({"$returnEntity": "true"}, True),
        ({"$returnEntity": "TRUE"}, True),
        ({"$returnEntity": "False"}, False),
    ],
)
def test_return_entity(params: dict, wanted: bool | None):
    assert read_return_entity(params) is wanted


@pytest.mark.parametrize("value", ["", "foo", ["true"], {"a": "true"}])
def test_return_entity_is_true_or_false(value):
    with pytest.raises(Theirs):
        read_return_entity({"$returnEntity": value})
