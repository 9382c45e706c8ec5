"""Protocol 1.0.0 at the level of names and values: dotted, indexed names both ways, and key text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.wire import v1
from hirewire.wire.errors import Ours, Theirs, WireError
from hirewire.wire.tree import MAX_DEPTH, MAX_TEXT, MAX_VALUES

READ = [
    ("", {}),
    ("a=1", {"a": "1"}),
    ("a", {"a": ""}),
    ("a=", {"a": ""}),
    ("&a=1&&b=2&", {"a": "1", "b": "2"}),
    ("=null&a=1", {"a": "1"}),
    ("a=b=c", {"a": "b=c"}),
    ("a=x+y%2B", {"a": "x y+"}),
    ("a=1&a=2&a=1", {"a": ["1", "2", "1"]}),
    ("a[0]=1", {"a": ["1"]}),
    ("a[8]=3&a[1]=1&a[04]=2", {"a": ["1", "2", "3"]}),
    ("a%5B0%5D%2Ex=1", {"a": [{"x": "1"}]}),
    ("ids[1].a=x&ids[0].a=y&ids[0].b=z", {"ids": [{"a": "y", "b": "z"}, {"a": "x"}]}),
    ("ids[0].$params.x=1&ids[0].a=2", {"ids": [{"$params": {"x": "1"}, "a": "2"}]}),
    ("u.testsuite~2EFruits=APPLE", {"u": {"testsuite.Fruits": "APPLE"}}),
    ("~5Ba~5d~7E~41=1", {"[a]~A": "1"}),
    ("a~2E=1&a~2E=2", {"a.": ["1", "2"]}),
    ("a[=1&a[1]b=2&[x=3", {"a[": "1", "a[1]b": "2", "[x": "3"}),
    ("a[1]b[0]=x", {"a[1]b": ["x"]}),
    ("a[2147483647]=x", {"a": ["x"]}),
    ("a[0000000000000000000000007]=x", {"a": ["x"]}),
    ("a=1#&b=2", {"a": "1"}),
    ("a=%FF", {"a": "\ufffd"}),
    ("株=株", {"株": "株"}),
    ("fields=a,b:(c)", {"fields": "a,b:(c)"}),
]

REFUSED = {
    "value-then-parent": "a=1&a.b=2",
    "parent-then-value": "a.b=1&a=2",
    "list-then-map": "a[0]=1&a.b=2",
    "map-then-list": "a.b=1&a[0]=2",
    "items-of-two-kinds": "ids[0].a=1&ids=2",
    "one-place-spelled-twice": "a[0]=1&a[00]=2",
    "one-name-spelled-twice": "A=1&~41=2",
    "repeated-and-indexed": "a=1&a=2&a[0]=3",
    "indexed-twice": "ids[0].a=1&ids[0].a=2",
    "indexed-leaf-twice": "ids[0]=1&ids[0]=2",
    "no-number": "ids[x]=1",
    "negative": "ids[-1]=1",
    "plus": "ids[%2B1]=1",
    "no-index": "ids[]=1",
    "other-digits": "ids[٣]=1",
    "too-high": "ids[2147483648]=1",
    "far-too-high": "ids[" + "9" * 5000 + "]=1",
    "no-name": "[0]=1",
    "no-bracket": "a]=1",
    "two-indexes": "a[0][1]=1",
    "leading-dot": ".a=1",
    "trailing-dot": "a.=1",
    "double-dot": "a..b=1",
    "dot-alone": ".=1",
    "half-tilde": "a~2=1",
    "bad-tilde": "a~zz=1",
    "bare-tilde": "a~=1",
    "bad-percent": "a=%zz",
    "bad-percent-in-name": "%4=1",
    "bad-percent-without-name": "=%",
    "space": "a=x y",
    "brace": "a={}",
    "line-end": "a=1\n",
    "half-of-a-pair": "a=\ud800",
    "deep": ".".join("a" * (MAX_DEPTH + 1)) + "=1",
    "many": "&".join("a" * (MAX_VALUES + 1)),
    "long": "a" * (MAX_TEXT + 1),
}


@pytest.mark.parametrize(("text", "tree"), READ)
def test_a_query_is_read(text: str, tree: dict):
    assert v1.read_query(text) == tree


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_query_is_refused(text: str):
    with pytest.raises(Theirs) as caught:
        v1.read_query(text, "example")
    assert caught.value.status == 400
    assert caught.value.where == "example"
    assert len(str(caught.value)) < 400


def test_a_bad_escape_is_placed():
    with pytest.raises(Theirs) as caught:
        v1.read_query("ids[0].a=x&ids[0].b=%zz")
    assert caught.value.offset == 20


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        ({}, ""),
        ({"a": 1, "B": True, "c": 1.5}, "B=true&a=1&c=1.5"),
        ({"a": ""}, "a"),
        ({"a": [], "b": {}, "c": [{}], "d": [[]]}, ""),
        ({"l": ["b", "a", "c"]}, "l=a&l=b&l=c"),
        ({"m": {"l": ["b", "a"]}}, "m.l%5B0%5D=b&m.l%5B1%5D=a"),
        ({"k": [["a"]]}, "k%5B0%5D=a"),
        (
            {"ids": [{"a": str(number)} for number in range(11)]},
            "ids%5B0%5D.a=0&ids%5B10%5D.a=10&" + "&".join(f"ids%5B{n}%5D.a={n}" for n in range(1, 10)),
        ),
        ({"u": {"a.B": {"long": 100}}}, "u.a~2EB.long=100"),
        ({"a b": "x y&=+#%株"}, "a%20b=x%20y%26%3D%2B%23%25%E6%A0%AA"),
        ({"v": "-._~!$'()*,;:@/?"}, "v=-._~!$'()*,;:@/?"),
    ],
)
def test_a_query_is_written(tree: dict, text: str):
    assert v1.write_query(tree) == text


@pytest.mark.parametrize("tree", [{"": "x"}, {"a": None}, {"a": "\ud800"}, {1: "a"}])
def test_a_query_that_cannot_be_written(tree):
    with pytest.raises(Ours):
        v1.write_query(tree)


def test_names_repeated_by_flattening_are_bounded_too():
    with pytest.raises(Ours):
        v1.write_query({"a" * 10_000: {str(number): "x" for number in range(200)}})


NAMES = st.text(alphabet=st.sampled_from("ab.[]~&=+#% 株😛0"), min_size=1, max_size=5)
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)


# What 1.0.0 gives back as it was: no empty containers; plain values of a parameter's own list lose their places.
RECORDS = st.recursive(
    TEXTS,
    lambda inner: st.dictionaries(NAMES, inner | st.lists(inner, min_size=1, max_size=2), min_size=1, max_size=2),
    max_leaves=5,
).filter(lambda tree: not isinstance(tree, str))
PARAMETERS = TEXTS | RECORDS | st.lists(RECORDS, min_size=1, max_size=2)


@given(st.dictionaries(NAMES, PARAMETERS, max_size=4))
def test_what_a_query_carries_comes_back(tree: dict):
    assert v1.read_query(v1.write_query(tree)) == tree
    if tree:
        assert v1.read_query(v1.write_key(tree)) == tree


@given(st.dictionaries(TEXTS.filter(bool), TEXTS.filter(bool), min_size=1, max_size=4))
def test_what_an_association_key_carries_comes_back(parts: dict):
    assert v1.read_association(v1.write_association(parts), "example") == parts


@given(st.text(alphabet="ab.[]0~&=+#%2E() 株\ud800\n", max_size=30))
def test_any_text_is_read_or_refused(text: str):
    for read in (v1.read_query, lambda text: v1.read_association(text, "example")):
        try:
            read(text)
        except WireError as error:
            assert isinstance(error, Theirs)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a=1&b=x%26y+z", {"a": "1", "b": "x&y z"}),
        ("a=1&a=2", {"a": "2"}),
        ("a:1;b:%3A", {"a": "1", "b": ":"}),
        ("a=urn:li:x:1", {"a": "urn:li:x:1"}),
        ("a%20b=1", {"a b": "1"}),
        ("a=x#y", {"a": "x#y"}),
    ],
)
def test_an_association_key_is_read(text: str, parts: dict):
    assert v1.read_association(text, "example") == parts


@pytest.mark.parametrize(
    "text",
    ["", "a", "a=", "=1", "a=1&", "&a=1", "a=1&&b=2", "a=b=c", "a:1;b", "a=%", "%=1", "a=\ud800",
     "&".join(["a=1"] * (MAX_VALUES + 1))],
)  # fmt: skip
def test_an_association_key_is_refused(text: str):
    with pytest.raises(Theirs):
        v1.read_association(text, "example")


def test_an_association_key_is_flat():
    with pytest.raises(Ours):
        v1.write_association({"a": ["x"]})
