"""Keys in every place, both versions, both ways; what the documented samples hold, and what no key is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.keys import KeyKind, Place, freeze, read_key, read_keys, write_key, write_keys
from hirewire.wire.protocol import Protocol
from hirewire.wire.tree import MAX_DEPTH

SIMPLE, COMPLEX, ASSOCIATION = KeyKind.SIMPLE, KeyKind.COMPLEX, KeyKind.ASSOCIATION
PATH, QUERY, BODY, HEADER = Place.PATH, Place.QUERY, Place.BODY, Place.HEADER
V1, V2 = Protocol.V1, Protocol.V2

NOTE = {
    "externalJobApplicationId": "app_2025219_0001",
    "integrationContext": "urn:li:organization:12345",
    "externalNoteId": "note_20251219_0002",
}
NESTED = {"l": ["1", "2"], "m": {"x": "y"}}

READ = [
    # Seed 000 sends body keys raw and unsorted, seed 003 escaped; replies come sorted and escaped.
    (
        ("externalJobApplicationId=app_2025219_0001&integrationContext=urn:li:organization:12345"
        "&externalNoteId=note_20251219_0002"),
        COMPLEX, BODY, V1, NOTE,
    ),
    (
        ("externalJobApplicationId=app_2025219_0001&externalNoteId=note_20251219_0002"
        "&integrationContext=urn%3Ali%3Aorganization%3A12345"),
        COMPLEX, BODY, V1, NOTE,
    ),
    ("k=a+b&l=%2B", COMPLEX, BODY, V1, {"k": "a b", "l": "+"}),
    ("$params.x=1&a=2", COMPLEX, PATH, V1, {"a": "2"}),
    ("l=1&l=2&m.x=y", COMPLEX, PATH, V1, NESTED),
    ("union.testsuite~2EKey.part=1", COMPLEX, PATH, V1, {"union": {"testsuite.Key": {"part": "1"}}}),
    (
        "atsJobApplicationId=app1&dataProvider=ATS&integrationContext=urn:li:organization:12345",
        ASSOCIATION, PATH, V1,
        {"atsJobApplicationId": "app1", "dataProvider": "ATS", "integrationContext": "urn:li:organization:12345"},
    ),
    ("a:1;b:%3A", ASSOCIATION, PATH, V1, {"a": "1", "b": ":"}),
    ("a%3D1%26b%3Dx%252Cy", ASSOCIATION, QUERY, V1, {"a": "1", "b": "x,y"}),
    ("APPL_NOTE123", SIMPLE, PATH, V1, "APPL_NOTE123"),
    ("a+b%2C", SIMPLE, QUERY, V1, "a b,"),
    ("a%20b+", SIMPLE, BODY, V1, "a%20b+"),
    ("a%20b+", SIMPLE, HEADER, V2, "a%20b+"),
    ("", SIMPLE, BODY, V2, ""),
    ("''", SIMPLE, BODY, V2, "''"),
    ("''", SIMPLE, PATH, V2, ""),
    ("a+%2Cb", SIMPLE, QUERY, V2, "a+,b"),
    ("(b:2,a:x%2Cy)", COMPLEX, BODY, V2, {"a": "x,y", "b": "2"}),
    ("($params:(),externalNoteId:n 1)", COMPLEX, BODY, V2, {"externalNoteId": "n 1"}),
    ("($params:(x:1),a:2)", COMPLEX, PATH, V2, {"a": "2"}),
    ("(l:List(1,2),m:(x:y))", COMPLEX, QUERY, V2, NESTED),
    ("(a:1,b:2)", ASSOCIATION, PATH, V2, {"a": "1", "b": "2"}),
    ("%28a%3Aurn%253Ali%2Cb%3A2%29", COMPLEX, PATH, V2, {"a": "urn:li", "b": "2"}),
]  # fmt: skip

REFUSED = [
    ("k=a b", COMPLEX, BODY, V1, "%20"),
    ('k="x"', COMPLEX, BODY, V1, "%22"),
    ("k=%", COMPLEX, PATH, V1, "%25"),
    ("a=1&a.b=2", COMPLEX, PATH, V1, "one value"),
    ("$params=x&a=1", COMPLEX, BODY, V1, "record"),
    ("a=1", COMPLEX, QUERY, V1, "read_batch"),
    ("a=1&b=", ASSOCIATION, PATH, V1, "not empty"),
    ("app1", ASSOCIATION, PATH, V1, "name=value"),
    ("(a:1,b:2)", COMPLEX, BODY, V1, "X-RestLi-Protocol-Version: 2.0.0"),
    ("(a:1,b:2)", ASSOCIATION, PATH, V1, "X-RestLi-Protocol-Version: 2.0.0"),
    ("a%", SIMPLE, PATH, V1, "%25"),
    ("\ud800", SIMPLE, BODY, V1, "surrogate"),
    ("(a:\ud800)", COMPLEX, BODY, V2, "surrogate"),
    ("(a:urn:li:x:1)", COMPLEX, BODY, V2, "escape : as %3A"),
    ("a=1&b=2", COMPLEX, BODY, V2, "1.0.0"),
    ("x", COMPLEX, PATH, V2, "(name:value,...)"),
    ("List(1)", ASSOCIATION, PATH, V2, "(name:value,...)"),
    ("List(1,2)", SIMPLE, PATH, V2, "one value"),
    ("", SIMPLE, PATH, V2, "''"),
    ("%28a%", COMPLEX, PATH, V2, "%25"),
]

WRITTEN = [
    (NOTE, COMPLEX, BODY, V1, READ[1][0]),
    ({"b": "x y", "a": "*~"}, COMPLEX, PATH, V1, "a=*%7E&b=x+y"),
    ({"a": ""}, COMPLEX, HEADER, V1, "a="),
    (NESTED, COMPLEX, PATH, V1, "l=1&l=2&m.x=y"),
    ({"a&b": "1", "c.d": "2"}, COMPLEX, PATH, V1, "a%26b=1&c~2Ed=2"),
    ({"b": "x y", "a": 1}, ASSOCIATION, PATH, V1, "a=1&b=x+y"),
    ({"b": "x,y", "a": 1}, ASSOCIATION, QUERY, V1, "a%3D1%26b%3Dx%252Cy"),
    ("a,b", SIMPLE, QUERY, V1, "a%2Cb"),
    ("", SIMPLE, QUERY, V1, ""),
    ("a b", SIMPLE, PATH, V1, "a+b"),
    (1.5, SIMPLE, PATH, V1, "1.5"),
    (True, SIMPLE, HEADER, V2, "true"),
    ("a b,株", SIMPLE, BODY, V2, "a b,株"),
    ("a b,株", SIMPLE, PATH, V2, "a%20b%2C%E6%A0%AA"),
    ("", SIMPLE, PATH, V2, "''"),
    ("", SIMPLE, BODY, V2, ""),
    (NOTE, COMPLEX, BODY, V2,
     ("(externalJobApplicationId:app_2025219_0001,externalNoteId:note_20251219_0002,"
     "integrationContext:urn%3Ali%3Aorganization%3A12345)")),
    ({"b": "x y", "a": "&"}, COMPLEX, BODY, V2, "(a:&,b:x y)"),
    ({"b": "x y", "a": "&"}, COMPLEX, QUERY, V2, "(a:%26,b:x%20y)"),
    ({"b": "x y", "a": "é\n"}, COMPLEX, HEADER, V2, "(a:%C3%A9%0A,b:x y)"),
    ({"a": 1, "b": 2}, ASSOCIATION, PATH, V2, "(a:1,b:2)"),
    # Left bare, an HTTP library resolves these away.
    ("..", SIMPLE, PATH, V1, "%2E%2E"),
    (".", SIMPLE, PATH, V2, "%2E"),
    (".", SIMPLE, QUERY, V2, "."),
]  # fmt: skip

UNWRITABLE = [
    ("x", COMPLEX, BODY, V1),
    (10**5000, COMPLEX, BODY, V1),
    ({}, COMPLEX, BODY, V1),
    ({}, ASSOCIATION, PATH, V2),
    ({"a": []}, COMPLEX, BODY, V1),
    ({"a": "x"}, COMPLEX, QUERY, V1),
    ({"a": ["x"]}, ASSOCIATION, PATH, V1),
    ({"a": "x"}, SIMPLE, PATH, V1),
    ("", SIMPLE, PATH, V1),
    ("\ud800", SIMPLE, BODY, V1),
    ({"a": "\ud800"}, COMPLEX, BODY, V2),
    ("a\r\nSet-Cookie: x", SIMPLE, HEADER, V1),
    ("a\x7f", SIMPLE, HEADER, V2),
]


@pytest.mark.parametrize(("text", "kind", "place", "protocol", "key"), READ)
def test_a_key_is_read(text: str, kind: KeyKind, place: Place, protocol: Protocol, key):
    assert read_key(text, kind, place, protocol) == key


@pytest.mark.parametrize(("text", "kind", "place", "protocol", "hint"), REFUSED)
def test_a_text_that_is_no_key_is_refused(text: str, kind: KeyKind, place: Place, protocol: Protocol, hint: str):
    expected = Ours if place is QUERY and kind is COMPLEX else Theirs
    with pytest.raises(expected) as caught:
        read_key(text, kind, place, protocol)
    assert hint in str(caught.value)


@pytest.mark.parametrize(("key", "kind", "place", "protocol", "text"), WRITTEN)
def test_a_key_is_written(key, kind: KeyKind, place: Place, protocol: Protocol, text: str):
    assert write_key(key, kind, place, protocol) == text


@pytest.mark.parametrize(("key", "kind", "place", "protocol"), UNWRITABLE, ids=range(len(UNWRITABLE)))
def test_a_key_that_cannot_be_written(key, kind: KeyKind, place: Place, protocol: Protocol):
    with pytest.raises(Ours):
        write_key(key, kind, place, protocol)


@pytest.mark.parametrize(
    ("protocol", "params", "text"),
    [
        (V1, {"x": 1}, "$params.x=1&a=2"),
        (V2, {"x": 1}, "($params:(x:1),a:2)"),
        (V2, {}, "($params:(),a:2)"),
    ],
)
def test_params_decorate_a_complex_key(protocol: Protocol, params: dict, text: str):
    assert write_key({"a": "2"}, COMPLEX, BODY, protocol, params=params) == text
    assert read_key(text, COMPLEX, BODY, protocol) == {"a": "2"}


@pytest.mark.parametrize("kind", [SIMPLE, ASSOCIATION])
def test_params_decorate_nothing_else(kind: KeyKind):
    with pytest.raises(Ours, match="params"):
        write_key("a" if kind is SIMPLE else {"a": "b"}, kind, BODY, V2, params={})


def test_many_keys_keep_their_order():
    texts = ["b=2&a=1", "a=3&b=4", "a=1&b=2"]
    keys = [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}, {"a": "1", "b": "2"}]
    assert read_keys(texts, COMPLEX, BODY, V1, ("a", "b")) == read_keys(iter(texts), COMPLEX, BODY, V1) == keys
    assert write_keys(iter(keys), COMPLEX, BODY, V1) == ["a=1&b=2", "a=3&b=4", "a=1&b=2"]


def test_many_keys_of_other_kinds_and_places():
    assert read_keys(["a", "b"], SIMPLE, BODY, V1) == write_keys(["a", "b"], SIMPLE, BODY, V1) == ["a", "b"]
    assert write_keys([{"a": "1"}], COMPLEX, PATH, V2) == ["(a:1)"]
    assert write_keys([], COMPLEX, BODY, V2) == []


@pytest.mark.parametrize("keys", [["x"], [{"a": "1"}, "x"], [{"a": "1"}, {}]])
def test_many_keys_with_one_that_cannot_be_written(keys: list):
    with pytest.raises(Ours):
        write_keys(keys, COMPLEX, BODY, V1)


def test_the_first_text_that_is_no_key_is_named():
    with pytest.raises(Theirs) as caught:
        read_keys(["a=1&b=2", "a=%zz&b=" + "x" * 500], COMPLEX, BODY, V1, ("a", "b"))
    assert caught.value.message.startswith("Invalid key: 'a=%zz")
    assert (caught.value.where, caught.value.offset) == ("body key", 2)
    assert len(str(caught.value)) < 400


def test_keys_are_equal_as_values():
    keys: list[Any] = [{"a": "1", "b": "2"}, {"b": "2", "a": "1"}, {"a": "1"}, {"a": ["1"]}, {"a": {"1": "1"}}, {}, "a"]
    assert len({freeze(key) for key in keys}) == len(keys) - 1
    assert freeze({"a": [{"x": "1", "y": "2"}]}) == freeze({"a": [{"y": "2", "x": "1"}]})
    assert freeze({"a": ["1", "2"]}) != freeze({"a": ["2", "1"]})


def test_a_key_nobody_read_is_frozen_or_refused():
    deep: list = []
    for _ in range(MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(Ours):
        freeze({"a": deep})


NAMES = st.text(alphabet="abc[]~&=+# ():,%株", min_size=1, max_size=4).filter(lambda name: name != "$params")
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
KEYS = {
    SIMPLE: TEXTS,
    COMPLEX: st.dictionaries(
        NAMES, TEXTS | st.dictionaries(NAMES, TEXTS, min_size=1, max_size=2), min_size=1, max_size=4
    ),
    ASSOCIATION: st.dictionaries(NAMES, TEXTS, min_size=1, max_size=4),
}


@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize("place", Place)
@pytest.mark.parametrize("kind", KeyKind)
@given(data=st.data())
@settings(max_examples=40)
def test_a_key_comes_back_from_every_place(kind: KeyKind, place: Place, protocol: Protocol, data):
    key = data.draw(KEYS[kind])
    try:
        text = write_key(key, kind, place, protocol)
    except Ours:
        # The two places that cannot carry every key.
        assert (kind, place) == (SIMPLE, HEADER) or (kind, place, protocol) == (COMPLEX, QUERY, V1)
    else:
        assert read_key(text, kind, place, protocol) == key
        # A whole 1.0.0 query value, or a 2.0.0 body key, may hold more than ASCII only where nothing can be escaped.
        assert text.isascii() or place in (BODY, HEADER)


@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize("place", Place)
@pytest.mark.parametrize("kind", KeyKind)
@given(text=st.text(alphabet="Listab=&(),:;'%28C+.[0]~$#\n 株\ud800", max_size=20))
@settings(max_examples=40)
def test_any_text_is_a_key_or_refused(kind: KeyKind, place: Place, protocol: Protocol, text: str):
    try:
        key = read_key(text, kind, place, protocol)
    except (Theirs, Ours):
        return
    assert isinstance(key, str) == (kind is SIMPLE)
    freeze(key)
