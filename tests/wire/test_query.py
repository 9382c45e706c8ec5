"""Queries as a whole: parameters, batches of keys, array parameters, paging and its links."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.keys import KeyKind, freeze
from hirewire.wire.protocol import Protocol
from hirewire.wire.query import (
    Link,
    Paging,
    paging_links,
    read_batch,
    read_list,
    read_paging,
    read_query,
    write_batch,
    write_query,
)
from hirewire.wire.tree import MAX_DEPTH, MAX_TEXT, MAX_VALUES

SIMPLE, COMPLEX, ASSOCIATION = KeyKind.SIMPLE, KeyKind.COMPLEX, KeyKind.ASSOCIATION
V1, V2 = Protocol.V1, Protocol.V2

# Seed 000, with the placeholder filled in; the same call under 2.0.0 as the protocol's page would have it.
NOTE = {
    "externalJobApplicationId": "app_2025219_0001",
    "integrationContext": "urn:li:organization:12345",
    "externalNoteId": "note_20251219_0002",
}
NOTE_V1 = (
    "ids[0].externalJobApplicationId=app_2025219_0001&ids[0].integrationContext=urn:li:organization:12345"
    "&ids[0].externalNoteId=note_20251219_0002"
)
NOTE_V2 = (
    "ids=List((externalJobApplicationId:app_2025219_0001,externalNoteId:note_20251219_0002,"
    "integrationContext:urn%3Ali%3Aorganization%3A12345))"
)
FINDER = {
    "q": "criteria",
    "contract": "urn:li:contract:1234567",
    "beforeDate": "1489192513000",
    "start": "0",
    "count": "5",
}


@pytest.mark.parametrize(
    ("text", "protocol", "params"),
    [
        ("", V1, {}),
        ("", V2, {}),
        (
            "q=criteria&contract=urn:li:contract:1234567&owners=urn:li:seat:1&beforeDate=1489192513000&start=0&count=5",
            V1, {**FINDER, "owners": "urn:li:seat:1"},
        ),
        (
            ("q=criteria&contract=urn%3Ali%3Acontract%3A1234567&owners=List(urn%3Ali%3Aseat%3A1)"
            "&beforeDate=1489192513000&start=0&count=5"),
            V2, {**FINDER, "owners": ["urn:li:seat:1"]},
        ),
        ("=null&a=1&&", V2, {"a": "1"}),
        ("=x&=y", V2, {}),
        ("a+b=c+d", V2, {"a b": "c+d"}),
        ("a=b=c", V2, {"a": "b=c"}),
        ("a=''", V2, {"a": ""}),
        ("a=1#b=%", V2, {"a": "1"}),
        ("fields=a,b:(c)&pagingFields=%24start&metadataFields=x", V2,
         {"fields": "a,b:(c)", "pagingFields": "$start", "metadataFields": "x"}),
        ("fields=a,b:(c)", V1, {"fields": "a,b:(c)"}),
        ("fields=", V2, {"fields": ""}),
    ],
)  # fmt: skip
def test_a_query_is_read(text: str, protocol: Protocol, params: dict):
    assert read_query(text, protocol) == params


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("contract=urn:li:contract:1", "escape : as %3A"),
        ("a=1&a=2", "List("),
        ("fields=a&fields=b", "twice"),
        ("a=", "''"),
        ("a", "''"),
        ("a=%", "%25"),
        ("a=1&%=2", "%25"),
        ("fields=%", "%25"),
        ("a=x y", "%20"),
        ("a={}", "%7B"),
        ("a=\ud800", "surrogate"),
        ("&" * MAX_VALUES, "parameters"),
        ("a" * (MAX_TEXT + 1), "characters"),
        ("a=" + "(a:" * (MAX_DEPTH + 1), "brackets"),
    ],
    ids=range(14),
)
def test_a_query_of_2_0_0_is_refused(text: str, hint: str):
    with pytest.raises(Theirs) as caught:
        read_query(text, V2)
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("params", "v1", "v2"),
    [
        ({}, "", ""),
        ({"q": "x y", "a": True}, "a=true&q=x%20y", "a=true&q=x%20y"),
        ({"l": ["b", "a"]}, "l=a&l=b", "l=List(b,a)"),
        ({"e": ""}, "e", "e=''"),
        ({"fields": "a,b:(c)"}, "fields=a,b:(c)", "fields=a,b:(c)"),
        ({"fields": {"a": 1, "b": {"c": 0}}}, "fields=a,b:(-c)", "fields=a,b:(-c)"),
        ({"u": {"string": "x:y"}}, "u.string=x:y", "u=(string:x%3Ay)"),
        ({"株": "1", "Z": "2", "a:b": "3"}, "Z=2&a:b=3&%E6%A0%AA=1", "%E6%A0%AA=1&Z=2&a%3Ab=3"),
    ],
)
def test_a_query_is_written(params: dict, v1: str, v2: str):
    assert (write_query(params, V1), write_query(params, V2)) == (v1, v2)


@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize("params", [{"": "x"}, {"a": None}, {"\ud800": "x"}, {"fields": {"a": 3}}, {"a": {1: "x"}}])
def test_a_query_that_cannot_be_written(params: dict, protocol: Protocol):
    with pytest.raises(Ours):
        write_query(params, protocol)


def test_a_list_is_no_mask():
    with pytest.raises(Ours):
        write_query({"fields": ["a"]}, V2)


NAMES = st.text(alphabet="abc.[]~&=+# ():,%'株", min_size=1, max_size=4)
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)
TREES = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6
)


@given(st.dictionaries(NAMES, TREES, max_size=3))
def test_every_query_of_2_0_0_comes_back(params: dict):
    assert read_query(write_query(params, V2), V2) == params


@pytest.mark.parametrize(
    ("text", "kind", "protocol", "keys", "params"),
    [
        (NOTE_V1, COMPLEX, V1, [NOTE], {}),
        (NOTE_V1.replace(":", "%3A").replace("[", "%5B").replace("]", "%5D"), COMPLEX, V1, [NOTE], {}),
        (NOTE_V2, COMPLEX, V2, [NOTE], {}),
        ("=null&" + NOTE_V1, COMPLEX, V1, [NOTE], {}),
        ("ids[0].$params.x=1&ids[0].a=1&ids[2].a=1&ids[1].a=2", COMPLEX, V1, [{"a": "1"}, {"a": "2"}], {}),
        ("ids=List(($params:(),a:1),(a:1),(a:2))&x=y", COMPLEX, V2, [{"a": "1"}, {"a": "2"}], {"x": "y"}),
        ("ids[0].m.x=1&ids[0].l=2&fields=a", COMPLEX, V1, [{"m": {"x": "1"}, "l": "2"}], {"fields": "a"}),
        ("ids=List()", COMPLEX, V2, [], {}),
        ("ids=1&ids=2&ids=1", SIMPLE, V1, ["1", "2"], {}),
        ("ids=1", SIMPLE, V1, ["1"], {}),
        ("ids=", SIMPLE, V1, [""], {}),
        ("ids[1]=a&ids[0]=b", SIMPLE, V1, ["b", "a"], {}),
        ("ids=a+%26&x=1", SIMPLE, V1, ["a &"], {"x": "1"}),
        ("ids=List%28a%29", SIMPLE, V1, ["List(a)"], {}),
        ("ids=List(1,2,1)", SIMPLE, V2, ["1", "2"], {}),
        ("ids=List('',a+)", SIMPLE, V2, ["", "a+"], {}),
        ("ids=List()", SIMPLE, V2, [], {}),
        (
            "ids=a%3D1%26b%3Dx%2526&ids=b%3D3%26a%3D4",
            ASSOCIATION,
            V1,
            [{"a": "1", "b": "x&"}, {"a": "4", "b": "3"}],
            {},
        ),
        ("ids=a:1;b:2&ids=a%3D1%26b%3D2", ASSOCIATION, V1, [{"a": "1", "b": "2"}], {}),
        ("ids=List((a:1,b:2))", ASSOCIATION, V2, [{"a": "1", "b": "2"}], {}),
    ],
)
def test_a_batch_is_read(text: str, kind: KeyKind, protocol: Protocol, keys: list, params: dict):
    for parts in [(), tuple(NOTE), ("a",)]:
        batch = read_batch(text, kind, protocol, parts)
        assert batch is not None
        assert (batch.keys, batch.params) == (keys, params)


@pytest.mark.parametrize("text", ["", "q=criteria", "=null", "idsx=1"])
@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize("kind", KeyKind)
def test_a_query_without_ids_is_no_batch(text: str, kind: KeyKind, protocol: Protocol):
    assert read_batch(text.replace("=null", "=null&"), kind, protocol, ("a",)) is None


@pytest.mark.parametrize(
    ("text", "kind", "protocol", "hint"),
    [
        (NOTE_V2, COMPLEX, V1, "X-RestLi-Protocol-Version: 2.0.0"),
        ("x=1&ids=List(1,2)", SIMPLE, V1, "X-RestLi-Protocol-Version: 2.0.0"),
        ("ids=%28a:1%29", ASSOCIATION, V1, "X-RestLi-Protocol-Version: 2.0.0"),
        (NOTE_V1, COMPLEX, V2, "escape : as %3A"),
        (NOTE_V1.replace(":", "%3A"), COMPLEX, V2, "ids=List((name:value,...),...)"),
        ("ids.a=1", COMPLEX, V2, "ids=List("),
        ("ids[0]=1", SIMPLE, V2, "ids=List(value,...)"),
        ("ids=1", SIMPLE, V2, "ids=List(value,...)"),
        ("ids=(a:1)", COMPLEX, V2, "ids=List((name:value,...),...)"),
        ("ids=List(1)", COMPLEX, V2, "ids=List((name:value,...),...)"),
        ("ids=List((a:1))", SIMPLE, V2, "ids=List(value,...)"),
        ("ids=List(1)", ASSOCIATION, V2, "ids=List((name:value,...),...)"),
        ("ids=1&ids=2", SIMPLE, V2, "twice"),
        ("ids=1&ids=2", COMPLEX, V1, "ids[n].name=value"),
        ("ids.a=1&ids.b=2", COMPLEX, V1, "ids[n].name=value"),
        ("ids.a=1", SIMPLE, V1, "ids=value"),
        ("ids[0].a=1", SIMPLE, V1, "ids=value"),
        ("ids[0].a=1", ASSOCIATION, V1, "ids=name%3Dvalue"),
        ("ids=a%3D1%26b%3D", ASSOCIATION, V1, "not empty"),
        ("ids[0].a=1&ids[0].a=2", COMPLEX, V1, "Multiple values of indexed query parameter are not supported"),
        ("ids[0].$params=x&ids[0].a=2", COMPLEX, V1, "record"),
        ("ids=List(($params:x,a:1))", COMPLEX, V2, "record"),
        ("ids=List((integrationContext:urn:li:organization:1))", COMPLEX, V2, "escape : as %3A"),
    ],
)
def test_a_batch_of_the_wrong_shape_is_refused(text: str, kind: KeyKind, protocol: Protocol, hint: str):
    with pytest.raises(Theirs) as caught:
        read_batch(text, kind, protocol, ("a", "b"))
    assert caught.value.status == 400
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("keys", "kind", "v1", "v2"),
    [
        ([NOTE], COMPLEX,
         ("ids%5B0%5D.externalJobApplicationId=app_2025219_0001&ids%5B0%5D.externalNoteId=note_20251219_0002"
         "&ids%5B0%5D.integrationContext=urn:li:organization:12345"), NOTE_V2),
        ([{"a": "1", "$params": {"x": 2}}], COMPLEX, "ids%5B0%5D.$params.x=2&ids%5B0%5D.a=1",
         "ids=List(($params:(x:2),a:1))"),
        (["b", "a,c", "d e"], SIMPLE, "ids=a%2Cc&ids=b&ids=d+e", "ids=List(b,a%2Cc,d%20e)"),
        ([{"b": "x&", "a": 1}], ASSOCIATION, "ids=a%3D1%26b%3Dx%2526", "ids=List((a:1,b:x%26))"),
    ],
)  # fmt: skip
def test_a_batch_is_written(keys: list, kind: KeyKind, v1: str, v2: str):
    assert (write_batch(keys, kind, V1), write_batch(iter(keys), kind, V2)) == (v1, v2)


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("protocol", Protocol)
def test_a_batch_is_written_beside_other_parameters(kind: KeyKind, protocol: Protocol):
    key = "1" if kind is SIMPLE else {"a": "1"}
    text = write_batch([key], kind, protocol, {"fields": "id", "z": "2"})
    batch = read_batch(text, kind, protocol)
    assert batch is not None
    assert (batch.keys, batch.params) == ([key], {"fields": "id", "z": "2"})


@pytest.mark.parametrize(
    ("keys", "kind", "protocol", "params"),
    [
        ([], SIMPLE, V1, {}),
        ([], COMPLEX, V1, {}),
        (["a"], COMPLEX, V1, {}),
        (["a"], COMPLEX, V2, {}),
        ([{"a": "1"}], SIMPLE, V2, {}),
        ([["a"]], SIMPLE, V2, {}),
        ([["a"]], COMPLEX, V2, {}),
        ([{}], COMPLEX, V2, {}),
        ([{"a": "\ud800"}], COMPLEX, V1, {}),
        ([{"a": ["x"]}], ASSOCIATION, V1, {}),
        ([None], SIMPLE, V2, {}),
        (["a"], SIMPLE, V2, {"ids": ["b"]}),
    ],
)
def test_a_batch_that_cannot_be_written(keys: list, kind: KeyKind, protocol: Protocol, params: dict):
    with pytest.raises(Ours):
        write_batch(keys, kind, protocol, params)


def test_an_empty_batch_is_legal_under_2_0_0():
    assert write_batch([], COMPLEX, V2) == "ids=List()"


PARTS = st.dictionaries(NAMES.filter(lambda name: name != "$params"), TEXTS.filter(bool), min_size=1, max_size=3)


@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize(("kind", "keys"), [(SIMPLE, TEXTS), (COMPLEX, PARTS), (ASSOCIATION, PARTS)])
@given(data=st.data())
@settings(max_examples=50)
def test_every_batch_comes_back(kind: KeyKind, keys, protocol: Protocol, data):
    sent = data.draw(st.lists(keys, min_size=1, max_size=12))
    batch = read_batch(write_batch(sent, kind, protocol), kind, protocol)
    assert batch is not None
    assert {freeze(key) for key in batch.keys} == {freeze(key) for key in sent}
    assert batch.params == {}


@given(st.text(alphabet="ids=List(ab:,)&%5B[]0.~+'#\ud800", max_size=40))
@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize("kind", KeyKind)
@settings(max_examples=50)
def test_any_text_is_a_batch_or_none_or_refused(kind: KeyKind, protocol: Protocol, text: str):
    for query in (text, f"ids={text}", f"ids=List({text})", f"ids[0].a={text}"):
        try:
            read_batch(query, kind, protocol, ("a", "b"))
        except Theirs as error:
            assert error.status == 400


@pytest.mark.parametrize(
    ("value", "protocol", "read"),
    [
        (None, V1, None),
        (None, V2, None),
        ("x", V1, ["x"]),
        (["x", "y"], V1, ["x", "y"]),
        (["x"], V2, ["x"]),
        ([], V2, []),
    ],
)
def test_an_array_parameter_is_read(value, protocol: Protocol, read: list | None):
    params = {} if value is None else {"owners": value}
    assert read_list(params, "owners", protocol) == read


@pytest.mark.parametrize(
    ("value", "protocol", "hint"),
    [
        ("x", V2, "owners=List(value,...)"),
        ({"a": "x"}, V2, "owners=List(value,...)"),
        ({"a": "x"}, V1, "owners=value"),
        ("List(x)", V1, "X-RestLi-Protocol-Version: 2.0.0"),
    ],
)
def test_an_array_parameter_of_another_shape_is_refused(value, protocol: Protocol, hint: str):
    with pytest.raises(Theirs) as caught:
        read_list({"owners": value}, "owners", protocol)
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("query", "paging"),
    [
        ("", Paging(0, 10)),
        ("start=&count=", Paging(0, 10)),
        ("start=+&count", Paging(0, 10)),
        ("start=5", Paging(5, 10)),
        ("count=4", Paging(0, 4)),
        ("count=0", Paging(0, 0)),
        ("count=-0", Paging(0, 0)),
        ("count=1000", Paging(0, 100)),
        ("start=3&start=7&count=007", Paging(3, 7)),
        ("start=2147483647", Paging(2147483647, 10)),
    ],
)
def test_paging_is_read(query: str, paging: Paging):
    assert read_paging(read_query(query, V1)) == paging


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("start=asdf", "non-integer"),
        ("count=asdf", "non-integer"),
        ("count=1.5", "non-integer"),
        ("count=%2B5", "non-integer"),
        ("count=٣", "non-integer"),
        ("start=2147483648", "non-integer"),
        ("start=" + "9" * 5000, "non-integer"),
        ("start.a=1", "non-integer"),
        ("start=-1", "non-negative"),
        ("count=-10", "non-negative"),
    ],
    ids=range(10),
)
def test_paging_is_refused(query: str, hint: str):
    with pytest.raises(Theirs, match=hint):
        read_paging(read_query(query, V1))


def test_an_empty_list_pages_as_if_absent():
    assert read_paging({"start": [], "count": [[]]}, default_count=20, max_count=50) == Paging(0, 20)


# The link of seed 001's answer, letter for letter.
SEED_PARAMS = {
    "q": "criteria",
    "contract": "urn:li:contract:1234567",
    "owners": ["urn:li:seat:123456789"],
    "beforeDate": "1489192513000",
    "start": "0",
    "count": "5",
}
SEED_LINK = (
    "/v2/prospectNotes?beforeDate=1489192513000&contract=urn%3Ali%3Acontract%3A1234567&count=5&q=criteria&start=5"
    "&owners=urn%3Ali%3Aseat%3A123456789"
)


def test_the_link_of_the_seed():
    links = paging_links("/v2/prospectNotes", SEED_PARAMS, Paging(0, 5), returned=5, total=10, protocol=V1)
    assert links == [Link("next", SEED_LINK, "application/json")]


def test_a_link_of_2_0_0_reads_as_its_request():
    (link,) = paging_links(
        "/v2/x", {**SEED_PARAMS, "fields": "a,b:(c)", "e": ""}, Paging(0, 5), returned=5, total=None, protocol=V2
    )
    assert read_query(link.href.partition("?")[2], V2) == {
        **SEED_PARAMS, "fields": "a,b:(c)", "e": "", "start": "5",
    }  # fmt: skip


def test_a_link_of_1_0_0_keeps_maps_and_the_order_of_lists():
    params: dict[str, Any] = {"o": ["b", "a"], "m": {"x": ["1", "2"]}, "k": [{"a": "1"}], "e": []}
    (link,) = paging_links("/x", params, Paging(0, 1), returned=1, total=None, protocol=V1)
    assert read_query(link.href.partition("?")[2], V1) == {
        "o": ["b", "a"], "m": {"x": ["1", "2"]}, "k": [{"a": "1"}], "start": "1", "count": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("paging", "returned", "total", "starts"),
    [
        (Paging(0, 10), 10, 100, [("next", 10)]),
        (Paging(0, 10), 3, 3, []),
        (Paging(0, 10), 3, None, []),
        (Paging(0, 10), 3, 20, [("next", 10)]),
        (Paging(3, 10), 0, 3, [("prev", 0)]),
        (Paging(20, 10), 10, 100, [("prev", 10), ("next", 30)]),
        (Paging(10, 2), 2, 12, [("prev", 8), ("next", 12)]),  # a full last page still has a next
        (Paging(10, 0), 0, 12, []),
        (Paging(0, 10), 0, 0, []),
    ],
)
def test_which_links_a_page_has(paging: Paging, returned: int, total: int | None, starts: list):
    links = paging_links("/x", {}, paging, returned=returned, total=total, protocol=V1)
    assert [(link.rel, link.href) for link in links] == [
        (rel, f"/x?count={paging.count}&start={start}") for rel, start in starts
    ]
