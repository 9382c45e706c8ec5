"""The fast path gives exactly what the exact path gives, or steps aside; and it does not step aside for what is usual."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hirewire.wire import fast_path
from hirewire.wire.errors import Theirs, WireError
from hirewire.wire.keys import KeyKind, Place, freeze, read_key, read_keys, write_key, write_keys
from hirewire.wire.protocol import Protocol
from hirewire.wire.query import read_batch, write_batch, write_query
from hirewire.wire.tree import MAX_TEXT, MAX_VALUES

COMPLEX, SIMPLE = KeyKind.COMPLEX, KeyKind.SIMPLE
V1, V2 = Protocol.V1, Protocol.V2
PARTS = ("externalJobApplicationId", "integrationContext", "externalNoteId")
NOTES = [
    {
        "externalJobApplicationId": f"app_{number}",
        "integrationContext": "urn:li:organization:12345",
        "externalNoteId": f"note {number}" if number % 2 else f"note_{number}",
    }
    for number in range(100)
]
CONFIGURATIONS = [
    {"integrationContext": "urn:li:organization:1", "integrationType": f"T{n}", "tenantType": "RECRUITER", "configurationName": "C"}
    for n in range(10)
]  # fmt: skip
TWO_PARTS = [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
SAMPLES = {"notes": NOTES, "configurations": CONFIGURATIONS, "two": TWO_PARTS, "one": [{"a": "1"}]}


def raw(keys: list[dict]) -> str:
    """The query as seed 000 prints it: brackets and colons as they are."""
    return "&".join(
        f"ids[{index}].{name}={value.replace(' ', '+')}"
        for index, key in enumerate(keys)
        for name, value in key.items()
    )


@pytest.mark.parametrize("keys", SAMPLES.values(), ids=SAMPLES)
def test_the_usual_shapes_are_read_fast(keys: list[dict]):
    parts = tuple(keys[0])
    assert fast_path.query_keys(raw(keys), parts, V1) == keys
    assert fast_path.query_keys(write_batch(keys, COMPLEX, V2), parts, V2) == keys
    for text in (raw(keys).replace("[", "%5B").replace("]", "%5D"), write_batch(keys, COMPLEX, V1)):
        assert fast_path.query_keys(text, parts, V1) == keys
    for protocol in Protocol:
        texts = [write_key(key, COMPLEX, Place.BODY, protocol) for key in keys]
        assert fast_path.body_keys(texts, parts, protocol) == keys
    texts = ["&".join(f"{name}={value.replace(' ', '+')}" for name, value in key.items()) for key in keys]
    assert fast_path.body_keys(texts, parts, V1) == keys


@pytest.mark.parametrize("keys", SAMPLES.values(), ids=SAMPLES)
@pytest.mark.parametrize("protocol", Protocol)
def test_the_usual_shapes_are_written_fast(keys: list[dict], protocol: Protocol):
    texts = [write_key(key, COMPLEX, Place.BODY, protocol) for key in keys]
    assert fast_path.write_body_keys(keys, protocol) == texts
    assert fast_path.write_query_keys(keys, protocol) == write_query({"ids": keys}, protocol)


@pytest.mark.parametrize("protocol", Protocol)
def test_simple_keys_are_read_fast(protocol: Protocol):
    keys = [f"APPL NOTE{number:03}" for number in range(100)]
    assert fast_path.simple_query_keys(write_batch(keys, SIMPLE, protocol), protocol) == keys
    assert fast_path.simple_query_keys("ids=urn:li:x:1", V1) == ["urn:li:x:1"]


ASIDE = {
    "another parameter": "ids[0].a=1&ids[0].b=2&x=y",
    "another part": "ids[0].a=1&ids[0].b=2&ids[0].c=3",
    "a part missing": "ids[0].a=1&ids[0].b=2&ids[1].a=3",
    "parts in another order": "ids[0].a=1&ids[0].b=2&ids[1].b=3&ids[1].a=4",
    "keys interleaved": "ids[0].a=1&ids[1].a=3&ids[0].b=2&ids[1].b=4",
    "an index twice": "ids[0].a=1&ids[0].b=2&ids[0].a=3&ids[0].b=4",
    "an index spelled twice": "ids[0].a=1&ids[0].b=2&ids[00].a=3&ids[00].b=4",
    "brackets of both kinds": "ids[0].a=1&ids%5B0%5D.b=2",
    "something before": "xids[0].a=1&ids[0].b=2",
    "a fragment": "ids[0].a=1&ids[0].b=2#x",
    "what no URI holds": "ids[0].a=1&ids[0].b=x y",
    "a bad escape": "ids[0].a=1&ids[0].b=%zz",
    "not ASCII": "ids[0].a=1&ids[0].b=株",
    "params": "ids[0].$params.x=1&ids[0].a=1&ids[0].b=2",
    "a list": "ids[0].a=1&ids[0].b[0]=2",
    "an empty text": "",
    "too many": raw([{"a": "1", "b": "2"}] * (MAX_VALUES // 3 + 1)),
    "too long": "ids[0].a=1&ids[0].b=" + "x" * MAX_TEXT,
}
ASIDE_V2 = {
    "an empty string": "ids=List((a:1,b:''))",
    "nothing": "ids=List((a:1,b:))",
    "a raw urn": "ids=List((a:1,b:urn:li))",
    "a list": "ids=List((a:1,b:List()))",
    "text between": "ids=List((a:1,b:2)x,(a:3,b:4))",
    "text behind": "ids=List((a:1,b:2)x)",
    "a bracket too many": "ids=List((a:1,b:2)))",
    "another parameter": "ids=List((a:1,b:2))&x=(y)",
    "an element between": "ids=List((a:1,b:2),x)",
}


@pytest.mark.parametrize(
    ("text", "protocol"), [*((text, V1) for text in ASIDE.values()), *((text, V2) for text in ASIDE_V2.values())],
    ids=[*ASIDE, *ASIDE_V2],
)  # fmt: skip
def test_it_steps_aside(text: str, protocol: Protocol):
    assert fast_path.query_keys(text, ("a", "b"), protocol) is None
    assert_same_batch(text, COMPLEX, protocol, ("a", "b"))


@pytest.mark.parametrize("parts", [(), ("a",), ("a", "a"), ("a", "c"), ("a", "b", "c"), ("a.b", "c")])
def test_it_steps_aside_for_other_parts(parts: tuple[str, ...]):
    assert fast_path.query_keys("ids[0].a=1&ids[0].b=2", parts, V1) is None


@pytest.mark.parametrize(
    "text", ["a=1&b=2\na=3&b=4", "a=1&b=2#x", "a=1", "a=1&b=2&b=3", "b=2&c=1", "a=1&b= ", "", "\n"]
)
def test_it_steps_aside_for_body_keys(text: str):
    assert fast_path.body_keys(["a=1&b=2", text], ("a", "b"), V1) is None


@pytest.mark.parametrize(
    "keys",
    [[], [{}], ["x"], [{"a": "1"}, {"b": "1"}], [{"a": "1"}, {"a": "1", "b": "2"}], [{"a": ""}], [{"a": 1}],
     [{"a": ["x"]}], [{"a": "株"}], [{"a": "\ud800"}], [{"a b": "1"}], [{"$params": {}, "a": "1"}],
     [{"a": "x" * MAX_TEXT}, {"a": "x"}], [{"a": "1"}] * MAX_VALUES],
    ids=range(14),
)  # fmt: skip
def test_it_steps_aside_for_keys_to_write(keys: list):
    records = [key for key in keys if isinstance(key, dict)]
    for protocol in Protocol:
        assert fast_path.write_body_keys(records, protocol) is None
        assert fast_path.write_query_keys(records, protocol) is None


@pytest.mark.parametrize("text", ["ids=List(a)", "ids=a&x=b", "ids=a b", "ids=%", "ids", "ids=" + "a" * MAX_TEXT, "ids=&" * MAX_VALUES + "ids="])  # fmt: skip
def test_it_steps_aside_for_simple_keys(text: str):
    assert fast_path.simple_query_keys(text, V1) is None


def test_a_thousand_orders_of_parts_do_not_pile_up():
    assert fast_path._row_pattern.cache_info().maxsize == 256


def outcome(read):
    """What a reading gives: keys and parameters, None, or its error."""
    try:
        return read()
    except WireError as error:
        return (type(error), str(error))


def assert_same_batch(text: str, kind: KeyKind, protocol: Protocol, parts: tuple[str, ...]) -> None:
    """With and without the fast path; another parameter in front keeps it out."""
    fast = outcome(lambda: read_batch(text, kind, protocol, parts))
    if kind is COMPLEX:
        assert fast == outcome(lambda: read_batch(text, kind, protocol))
        return
    slow = outcome(lambda: read_batch(f"zz=1&{text}", kind, protocol, parts))
    if slow is None or isinstance(slow, tuple):
        assert (fast is None) == (slow is None)
        assert isinstance(fast, tuple) == isinstance(slow, tuple)
    else:
        assert fast.keys == slow.keys
        assert slow.params == {**fast.params, "zz": "1"}


VALUES = st.text(alphabet="ab0-._~!$'()*,;:@/?=%+&# 株\n\"", max_size=6) | st.just("urn:li:organization:1")
KEYS = st.lists(st.fixed_dictionaries({"a": VALUES, "b": VALUES}), min_size=1, max_size=5)
MUTATIONS = st.sampled_from(["", "&", "=", "[", "]", "(", ")", ",", ":", "%", "+", "'", "#", "\n", ".", "ids[0].a=1&", "%5B", "x", "株", "\ud800", "&x=1"])  # fmt: skip


@st.composite
def mutated(draw, texts) -> str:
    """A text with a few places cut, doubled or replaced."""
    text: str = draw(texts)
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 4)))
        text = text[:start] + draw(MUTATIONS) + draw(st.sampled_from([1, 2])) * text[start:end] + text[end:]
    return text


QUERIES_V1 = KEYS.map(lambda keys: write_batch(keys, COMPLEX, V1)) | KEYS.map(raw)
QUERIES_V2 = KEYS.map(lambda keys: write_batch(keys, COMPLEX, V2))


@given(mutated(QUERIES_V1))
@example("ids[1].a=x&ids[1].b=y&ids[0].a=z&ids[0].b=w")
@example("ids[0].a=x&ids[0].b=y&ids[1].a=x&ids[1].b=y")
def test_a_query_of_1_0_0_reads_the_same_both_ways(text: str):
    assert_same_batch(text, COMPLEX, V1, ("a", "b"))


@given(mutated(QUERIES_V2))
@example("ids=List((a:x,b:y),(a:x,b:y))")
def test_a_query_of_2_0_0_reads_the_same_both_ways(text: str):
    assert_same_batch(text, COMPLEX, V2, ("a", "b"))


@given(mutated(st.lists(VALUES, min_size=1, max_size=4).map(lambda keys: write_batch(keys, SIMPLE, V1))))
def test_simple_keys_of_1_0_0_read_the_same_both_ways(text: str):
    assert_same_batch(text, SIMPLE, V1, ())


@given(mutated(st.lists(VALUES, min_size=1, max_size=4).map(lambda keys: write_batch(keys, SIMPLE, V2))))
def test_simple_keys_of_2_0_0_read_the_same_both_ways(text: str):
    assert_same_batch(text, SIMPLE, V2, ())


@pytest.mark.parametrize("protocol", Protocol)
@given(data=st.data())
def test_body_keys_read_the_same_both_ways(protocol: Protocol, data):
    written = st.fixed_dictionaries({"a": VALUES, "b": VALUES}).map(
        lambda key: write_key(key, COMPLEX, Place.BODY, protocol)
    )
    unescaped = KEYS.map(lambda keys: f"a={keys[0]['a']}&b={keys[0]['b']}")
    texts = data.draw(st.lists(mutated(written | unescaped), min_size=1, max_size=4))
    fast = outcome(lambda: read_keys(texts, COMPLEX, Place.BODY, protocol, ("a", "b")))
    assert fast == outcome(lambda: read_keys(texts, COMPLEX, Place.BODY, protocol))
    if isinstance(fast, list):
        assert [freeze(key) for key in fast] == [
            freeze(read_key(text, COMPLEX, Place.BODY, protocol)) for text in texts
        ]


@pytest.mark.parametrize("protocol", Protocol)
@given(
    keys=st.lists(st.dictionaries(st.sampled_from(["a", "b", "c d"]), VALUES, min_size=1), min_size=1, max_size=12)
    | KEYS
)
def test_keys_are_written_the_same_both_ways(protocol: Protocol, keys: list):
    exact = [write_key(key, COMPLEX, Place.BODY, protocol) for key in keys]
    assert write_keys(keys, COMPLEX, Place.BODY, protocol) == exact
    assert write_batch(keys, COMPLEX, protocol) == write_query({"ids": keys}, protocol)


def test_one_bad_key_in_a_hundred_is_still_named():
    texts = write_keys(NOTES, COMPLEX, Place.BODY, V1)
    texts[57] += "%zz"
    with pytest.raises(Theirs, match="app_57&.*%zz"):
        read_keys(texts, COMPLEX, Place.BODY, V1, PARTS)
