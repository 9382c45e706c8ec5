"""Protocol 2.0.0 at the level of one element: the grammar both ways, in all four places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.wire import v2
from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.tree import MAX_DEPTH, MAX_TEXT, MAX_VALUES

ESCAPES = [v2.escape_body, v2.escape_header, v2.escape_path, v2.escape_query]

READ = [
    ("a", "a"),
    ("''", ""),
    ("%27%27", "''"),
    ("'", "'"),
    ("a+b", "a+b"),
    (" a ", " a "),
    ("()", {}),
    ("List()", []),
    ("List", "List"),
    ("list", "list"),
    ("List%28", "List("),
    ("List(List)", ["List"]),
    ("(List:a)", {"List": "a"}),
    ("(a:List())", {"a": []}),
    ("(a:(b:(c:d)),e:List(f,(g:h)))", {"a": {"b": {"c": "d"}}, "e": ["f", {"g": "h"}]}),
    ("('':'')", {"": ""}),
    ("(a:b,a:c)", {"a": "c"}),
    ("(%28%3A:%2C)", {"(:": ","}),
    ("(a:&=+ é株)", {"a": "&=+ é株"}),
    ("(a:%C3%A9%FF)", {"a": "é\ufffd"}),
    ("(u:(testsuite.Fruits:APPLE))", {"u": {"testsuite.Fruits": "APPLE"}}),
    ("(integrationContext:urn%3Ali%3Aorganization%3A1)", {"integrationContext": "urn:li:organization:1"}),
]

REFUSED = {
    "": 0, "hello:": 5, "(a:b": 4, "List(": 5, "List(a": 6, "List(a,": 7, "(a": 2, "(a:": 3, ",a": 0, "(,": 1,
    "(a,b)": 2, "List(a,)": 7, "List(,a)": 5, "List(a,,b)": 7, "(a:b:c)": 4, "(:b)": 1, "(a:)": 3, "(a::b)": 3,
    "((a:b):c)": 1, "()x": 2, "(a:b)(c:d)": 5, "x(a:b)": 1, ")": 0, "(a:b,)": 5, "%": 0, "a%4G": 1, "(a:%zz)": 3,
    "(%:a)": 1, "(a:b))": 5, "aList(b)": 5, "list(b)": 4, "List(a)b": 7, "(List(a):b)": 1,
}  # fmt: skip

BOUNDS = {
    "deep-lists": "List(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1),
    "deep-maps": "(a:" * 100_000,
    "many": "List(" + "a," * MAX_VALUES + "a)",
    "long": "a" * (MAX_TEXT + 1),
    "half-of-a-pair": "(a:\ud800)",
}


@pytest.mark.parametrize(("text", "value"), READ)
def test_an_element_is_read(text: str, value):
    assert v2.read_element(text, "example") == value


@pytest.mark.parametrize(("text", "offset"), REFUSED.items(), ids=repr)
def test_an_element_is_refused_where_it_goes_wrong(text: str, offset: int):
    with pytest.raises(Theirs) as caught:
        v2.read_element(text, "example")
    assert (caught.value.offset, caught.value.status, caught.value.where) == (offset, 400, "example")


@pytest.mark.parametrize("text", BOUNDS.values(), ids=BOUNDS)
def test_an_element_out_of_bounds_is_refused(text: str):
    with pytest.raises(Theirs):
        v2.read_element(text, "example")


def test_the_deepest_element_allowed():
    text = "List(" * MAX_DEPTH + ")" * MAX_DEPTH
    assert v2.write_element(v2.read_element(text, "example"), v2.escape_body) == text


def test_a_raw_urn_is_told_how_to_be_escaped():
    with pytest.raises(Theirs, match="escape : as %3A") as caught:
        v2.read_element("(integrationContext:urn:li:organization:1)", "example")
    assert caught.value.offset == 23


@pytest.mark.parametrize(
    ("tree", "body", "header", "path", "query"),
    [
        ({"k": "a b"}, "(k:a b)", "(k:a b)", "(k:a%20b)", "(k:a%20b)"),
        ({"b": 1, "a": True}, *["(a:true,b:1)"] * 4),
        ({"": [""]}, *["('':List(''))"] * 4),
        ({"z": [], "y": {}}, *["(y:(),z:List())"] * 4),
        ({"v": "(),:'%"}, *["(v:%28%29%2C%3A%27%25)"] * 4),
        ({"v": "a/b?c#d"}, "(v:a/b?c#d)", "(v:a/b?c#d)", "(v:a%2Fb%3Fc%23d)", "(v:a/b?c%23d)"),
        ({"v": "&=+;"}, "(v:&=+;)", "(v:&=+;)", "(v:&=+%3B)", "(v:%26%3D%2B;)"),
        ({"v": "é\n"}, "(v:é\n)", "(v:%C3%A9%0A)", "(v:%C3%A9%0A)", "(v:%C3%A9%0A)"),
        (["List(", "List"], *["List(List%28,List)"] * 4),
        ("a:b", *["a%3Ab"] * 4),
    ],
)
def test_an_element_is_written_as_its_place_asks(tree, body: str, header: str, path: str, query: str):
    assert [v2.write_element(tree, escape) for escape in ESCAPES] == [body, header, path, query]


def test_map_names_are_written_in_order_of_code_units():
    tree = dict.fromkeys(["\ufffd", "😛", "b10", "b2", "b1", "a", "_", "Z", ""], 0)
    assert v2.write_element(tree, v2.escape_body) == "('':0,Z:0,_:0,a:0,b1:0,b10:0,b2:0,😛:0,\ufffd:0)"


@pytest.mark.parametrize("tree", [None, {"a": None}, ["\ud800"], {"\udc00": 1}, {1: 2}, float("nan")])
def test_an_element_that_cannot_be_written(tree):
    with pytest.raises(Ours):
        v2.write_element(tree, v2.escape_body)


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=6) | st.text(
    alphabet="(),:'%List+ ", max_size=6
)
TREES = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=12
)


@given(TREES)
def test_every_tree_comes_back_from_every_place(tree):
    for escape in ESCAPES:
        assert v2.read_element(v2.write_element(tree, escape), "example") == tree


@given(st.text(alphabet="Listab(),:'%2C+ 株\ud800", max_size=30))
def test_any_text_is_read_or_refused(text: str):
    try:
        value = v2.read_element(text, "example")
    except Theirs as error:
        assert error.offset is not None
        assert 0 <= error.offset <= len(text)
    else:
        assert v2.read_element(v2.write_element(value, v2.escape_path), "example") == value
