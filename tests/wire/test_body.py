"""JSON bodies: what is read and refused, the envelopes, and which entity belongs to which id."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hirewire.wire.body import (
    MAX_DEPTH,
    BatchBody,
    match_keys,
    read_batch_body,
    read_elements,
    read_entities,
    read_entity,
    read_json,
    read_patch,
    write_ascii_json,
    write_json,
    write_patch,
)
from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.keys import KeyKind, Place, WireKey, write_key
from hirewire.wire.methods import Method
from hirewire.wire.protocol import Protocol

V1, V2 = Protocol.V1, Protocol.V2
SIMPLE, COMPLEX, ASSOCIATION = KeyKind.SIMPLE, KeyKind.COMPLEX, KeyKind.ASSOCIATION

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12
)

# JSON-like texts in which members repeat, strings hold quotes and colons, and blanks stand everywhere.
NAMES = st.sampled_from(['"a"', '"b"', '"a\\":"', '":b"', '"\\u0061"', '"\\ud800"', '""', '" : "'])
BLANKS = st.sampled_from(["", "", " ", "\t", "\r\n"])
TOKENS = st.sampled_from(
    ["1", "-0", "1.5e3", "true", "null", "NaN", '"x"', '":"', '"\\":"', '" :"', '"\\\\"', "9" * 25, "1e999"]
)


def _objects(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    member = st.builds("{}{}:{}{}".format, NAMES, BLANKS, BLANKS, inner)
    return st.builds("{{{}}}".format, st.lists(member, max_size=4).map(",".join))


def _arrays(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("[{}{}]".format, BLANKS, st.lists(inner, max_size=3).map(" ,".join))


JSON_TEXTS = st.recursive(TOKENS, lambda inner: _objects(inner) | _arrays(inner), max_leaves=8)


def _read(body: bytes) -> Any:
    try:
        return read_json(body)
    except Theirs as error:
        assert error.status == 400
        return Theirs


def _defined(body: bytes) -> Any:
    """What ``read_json`` means, said once more with the standard library alone."""

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in members}) < len(members):
            raise ValueError
        return dict(members)

    def finite(text: str) -> float:
        if not math.isfinite(float(text)):
            raise ValueError
        return float(text)

    def refuse(_: str) -> Any:
        raise ValueError

    try:
        return json.loads(body.decode(), object_pairs_hook=pairs, parse_float=finite, parse_constant=refuse)
    except ValueError:
        return Theirs


def _same(one: Any, other: Any) -> bool:
    """Equal, and of equal types throughout: 1, 1.0 and True differ."""
    return repr(one) == repr(other)


@given(JSON)
def test_what_is_written_reads_back(value: Any) -> None:
    assert _same(read_json(write_json(value)), value)
    assert _same(read_json(write_ascii_json(value)), value)
    assert write_ascii_json(value).isascii()


@given(JSON_TEXTS, BLANKS, st.data())
@example('{"a":1,"a" :2}', "", None)
@example('{"a\\":":1,"a\\":":2}', "", None)
@example('{"x":{"a":1,"a":1},"y":":"}', "", None)
def test_both_paths_read_the_same_as_the_definition(text: str, blanks: str, data: st.DataObject | None) -> None:
    body = (text + blanks).encode()
    assert _same(_read(body), _defined(body))
    if data is not None:  # and one byte changed, left out or put in
        at = data.draw(st.integers(0, len(body) - 1))
        mutant = body[:at] + data.draw(st.binary(max_size=1)) + body[at + data.draw(st.integers(0, 1)) :]
        assert _same(_read(mutant), _defined(mutant))


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_a_refusal(body: bytes) -> None:
    assert _same(_read(body), _defined(body))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "expected JSON"),
        (b"   ", "expected JSON"),
        (b'{"a":1', "JSON body at character 6: expected JSON"),
        (b"{'a':1}", "expected JSON: Expecting property name"),
        (b'{"a":1,}', "expected JSON"),
        (b'{"a":1} {}', "expected JSON: Extra data"),
        (b"\xef\xbb\xbf{}", "expected JSON"),
        (b'"a\nb"', "expected JSON: Invalid control character"),
        (b'{"a":1,"b":{"c":1,"c":1}}', "the member 'c' occurs twice in one object: send each member once"),
        (b'{"\\u0061":1,"a":2}', "the member 'a' occurs twice"),
        (b'[{"a":1,"a":1}]', "the member 'a' occurs twice"),
        (b'{"\\ud800":1,"\\ud800":2}', r"the member '\\ud800' occurs twice"),
        (b"NaN", "NaN is not JSON"),
        (b'{"a":[-Infinity]}', "-Infinity is not JSON"),
        (b"1e400", "the number 1e400 is larger than a double can hold"),
        (b'"\xff"', "at character 1: expected UTF-8"),
        (b'"\xed\xa0\x80"', "expected UTF-8"),
        (b"{\0}", "expected JSON"),
        ("{}".encode("utf-16"), "expected UTF-8"),
        (b"1" * 4301, "an integer of 4301 digits is too long to read"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), f"nest deeper than {MAX_DEPTH}"),
        (b'{"a":' * 70 + b'":"' + b"}" * 70, f"nest deeper than {MAX_DEPTH}"),
        (b'["\\ud800"' + b",[1" * 70 + b"]" * 71, f"nest deeper than {MAX_DEPTH}"),
        (b"[" * 500_000, f"nest deeper than {MAX_DEPTH}"),
        (b'{"a":' * 500_000, f"nest deeper than {MAX_DEPTH}"),
    ],
    ids=range(25),
)
def test_what_is_refused_says_why(body: bytes, message: str) -> None:
    with pytest.raises(Theirs, match=message) as error:
        read_json(body)
    assert error.value.status == 400
    assert len(str(error.value)) < 300


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b' {"a" : 1}\r\n', {"a": 1}),
        (b'{"a":":","b":"x\\":y","c\\":":{"a":1}}', {"a": ":", "b": 'x":y', 'c":': {"a": 1}}),
        (b'["\\ud800", "\\udc00\\ud800", "\\ud83d\\ude00"]', ["\ud800", "\udc00\ud800", "\U0001f600"]),
        (b'{"\\ud800": 1}', {"\ud800": 1}),
        (b"[123456789012345678901234567890, -9223372036854775809]", [123456789012345678901234567890, -(2**63) - 1]),
        (b"-" + b"9" * 4300, -int("9" * 4300)),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, None),
    ],
    ids=range(7),
)
def test_what_is_read(body: bytes, value: Any) -> None:
    assert value is None or _same(read_json(body), value)
    read_json(body)


def test_the_fast_path_is_the_usual_one_and_colons_in_notes_do_not_leave_it(monkeypatch: pytest.MonkeyPatch) -> None:
    entities = {f"note_{number}": {"note": "She said: hire him : now", "at": number} for number in range(100)}
    body = json.dumps({"entities": entities}, indent=2).encode()
    monkeypatch.setattr("hirewire.wire.body._read_exactly", lambda body: pytest.fail("took the exact path"))
    assert read_json(body) == {"entities": entities}


@pytest.mark.parametrize(
    "value",
    [
        "\ud800",
        {"\udfff": 1},
        [{"a": "x\ud800"}],
        float("nan"),
        {"a": [float("-inf"), None]},
        object(),
        {None: 1},
        {(1, 2): 3},
    ],
    ids=range(8),
)
def test_what_json_cannot_carry_is_our_mistake(value: Any) -> None:
    with pytest.raises(Ours, match="cannot be written as JSON"):
        write_json(value)
    with pytest.raises(Ours, match="cannot be written as JSON"):
        write_ascii_json(value)


def test_a_cycle_is_our_mistake() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(Ours, match="cannot be written as JSON"):
        write_json(loop)


def test_null_is_written_as_null() -> None:
    assert write_json({"a": None, "b": 1.5, "c": "null"}) == b'{"a":null,"b":1.5,"c":"null"}'


def test_ascii_json_escapes_as_java_would() -> None:
    assert write_ascii_json({"a": "é\U0001f600/"}) == b'{"a":"\\u00e9\\ud83d\\ude00/"}'


# Envelopes


def test_entities_are_read_as_they_came() -> None:
    body = b'{"entities": {"a=1": {"note": "x"}, "a=2": null}, "other": 1}'
    assert read_entities(body, Method.BATCH_UPDATE) == {"a=1": {"note": "x"}, "a=2": None}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "Empty entity body is not allowed for BATCH_UPDATE method request"),
        (b"[]", "expected a JSON object, got an array"),
        (b"null", "expected a JSON object, got null"),
        (b'"x"', "expected a JSON object, got a string"),
        (b"1", "expected a JSON object, got a number"),
        (b"true", "expected a JSON object, got a boolean"),
        (b"{}", "entities is required but missing"),
        (b'{"entities": null}', "entities is required but missing"),
        (b'{"entities": []}', "expected an object under 'entities', got an array"),
    ],
)
def test_an_entities_body_that_is_none_says_what_was_expected(body: bytes, message: str) -> None:
    with pytest.raises(Theirs, match=message):
        read_entities(body, Method.BATCH_UPDATE)


def test_missing_members_carry_the_documented_code() -> None:
    with pytest.raises(Theirs) as error:
        read_entities(b"{}", Method.BATCH_UPDATE)
    assert error.value.code == "MISSING_FIELD"


def test_a_single_entity_is_an_object() -> None:
    assert read_entity(b'{"action": "APPLICATION_VIEWED"}', Method.CREATE) == {"action": "APPLICATION_VIEWED"}
    with pytest.raises(Theirs, match="Empty entity body is not allowed for CREATE method request"):
        read_entity(b"", Method.CREATE)


def test_elements() -> None:
    assert read_elements(b'{"elements": [{}, 1], "paging": {}}') == [{}, 1]
    for body, message in [
        (b"{}", "elements is required but missing"),
        (b'{"elements": {}}', "expected an array under 'elements', got an object"),
        (b"", "expected JSON"),
    ]:
        with pytest.raises(Theirs, match=message):
            read_elements(body)


@given(st.dictionaries(TEXT, SCALARS))
def test_a_patch_reads_back(fields: dict[str, Any]) -> None:
    assert read_patch(read_json(write_json(write_patch(fields)))) == fields


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, r"expected \{\"patch\""),
        ([], r"expected \{\"patch\""),
        ({}, "patch is required but missing"),
        ({"patch": []}, "expected an object under 'patch', got an array"),
        ({"patch": {"$delete": ["a"]}}, r"'\$delete' is not supported"),
        ({"patch": {"$set": {}, "$delete": ["a"]}}, r"'\$delete' is not supported"),
        ({"patch": {"key": {"$set": {}}}}, "'key' is not supported"),
        ({"patch": {"": {}, "$set": {}}}, "'' is not supported"),
        ({"patch": {"$set": 1}}, r"expected an object under '\$set', got a number"),
    ],
)
def test_other_patches_are_refused(value: Any, message: str) -> None:
    with pytest.raises(Theirs, match=message):
        read_patch(value)


def test_an_empty_patch_sets_nothing() -> None:
    assert read_patch({"patch": {}}) == {}


def test_a_batch_answer_may_lack_members() -> None:
    assert read_batch_body(b'{"results": {"a": {"status": 204}}, "errors": null, "x": 1}') == BatchBody(
        {"a": {"status": 204}}, {}, {}
    )
    with pytest.raises(Theirs, match="expected an object under 'errors', got an array"):
        read_batch_body(b'{"results": {}, "errors": []}')


@given(st.dictionaries(TEXT, SCALARS), st.dictionaries(TEXT, SCALARS), st.dictionaries(TEXT, st.integers(100, 599)))
def test_a_batch_answer_reads_back(results: dict[str, Any], errors: dict[str, Any], statuses: dict[str, Any]) -> None:
    body = BatchBody(results, errors, statuses)
    assert read_batch_body(write_json(_members(body))) == body


def _members(body: BatchBody) -> dict[str, Any]:
    return {"results": body.results, "errors": body.errors, "statuses": body.statuses}


# Which entity belongs to which id

NOTE_1: WireKey = {"app": "a&1", "context": "urn:li:organization:1"}
NOTE_2: WireKey = {"app": "a 2", "context": "urn:li:organization:1"}


@pytest.mark.parametrize(
    ("asked", "texts", "kind", "protocol"),
    [
        (
            [NOTE_1, NOTE_2],
            ["app=a%261&context=urn:li:organization:1", "context=urn%3Ali%3Aorganization%3A1&app=a+2"],
            COMPLEX,
            V1,
        ),
        ([NOTE_1], ["$params.x=1&app=a%261&context=urn%3Ali%3aorganization:1"], COMPLEX, V1),
        (
            [NOTE_1, NOTE_2],
            ["(context:urn%3Ali%3Aorganization%3A1,app:a&1)", "(app:a 2,context:urn%3Ali%3Aorganization%3A1)"],
            COMPLEX,
            V2,
        ),
        ([NOTE_1], ["($params:(),app:a%261,context:urn%3Ali%3Aorganization%3A1)"], COMPLEX, V2),
        (
            [NOTE_1, NOTE_2],
            ["context=urn:li:organization:1&app=a%261", "app=a+2&context=urn:li:organization:1"],
            ASSOCIATION,
            V1,
        ),
        (["APPL_NOTE123", "(s:pe%cial)"], ["APPL_NOTE123", "(s:pe%cial)"], SIMPLE, V1),
        (["urn:li:x:1", "100%"], ["urn%3Ali%3Ax%3A1", "100%"], SIMPLE, V2),
        (["a b", "a%20b"], ["a%2520b", "a b"], SIMPLE, V1),
        ([""], [""], SIMPLE, V2),
        ([], [], COMPLEX, V1),
    ],
    ids=range(10),
)
def test_keys_match_as_values(asked: list[WireKey], texts: list[str], kind: KeyKind, protocol: Protocol) -> None:
    matched = match_keys(asked, texts, kind, protocol)
    assert list(matched) == texts
    assert sorted(matched.values()) == list(range(len(asked)))


def test_a_simple_key_is_taken_raw_before_it_is_decoded() -> None:
    assert match_keys(["a b", "a%20b"], ["a%20b", "a b"], SIMPLE, V1) == {"a%20b": 1, "a b": 0}
    assert match_keys(["a b"], ["a%20b"], SIMPLE, V1) == {"a%20b": 0}


@pytest.mark.parametrize(
    ("asked", "texts", "kind", "protocol", "message"),
    [
        (
            ["1", "2"],
            ["1", "3"],
            SIMPLE,
            V1,
            "Batch request mismatch. Entity key '3' not found in the query parameter.",
        ),
        (
            ["1", "2", "3"],
            ["1"],
            SIMPLE,
            V1,
            "URI keys: '1', '2', '3' Entity keys: '1'. No entity was sent for '2', '3'",
        ),
        (["a b"], ["a b", "a%20b"], SIMPLE, V1, "Duplicate key in batch request body: 'a%20b'"),
        ([NOTE_1], ["app=a%zz"], COMPLEX, V1, "Invalid key: 'app=a%zz': "),
        ([NOTE_1], ["app=a&context=b"], COMPLEX, V1, "Entity key 'app=a&context=b' not found"),
        (
            [NOTE_2],
            ["app=a+2&context=urn:li:organization:1", "context=urn:li:organization:1&app=a%202"],
            COMPLEX,
            V1,
            "Duplicate key",
        ),
        ([NOTE_1], ["(app:a&1"], COMPLEX, V2, "Invalid key: "),
        ([NOTE_1], [], COMPLEX, V2, "No entity was sent for {'app': 'a&1', 'context': 'urn:li:organization:1'}"),
        (["1"], ["x" * 100_000], SIMPLE, V2, "not found"),
    ],
    ids=range(9),
)
def test_keys_that_do_not_match_fail_the_request(
    asked: list[WireKey], texts: list[str], kind: KeyKind, protocol: Protocol, message: str
) -> None:
    with pytest.raises(Theirs) as error:
        match_keys(asked, texts, kind, protocol)
    assert message in error.value.message
    assert error.value.status == 400
    assert len(error.value.message) < 1000


def test_the_refusal_of_a_hundred_keys_is_still_readable() -> None:
    with pytest.raises(Theirs, match=r"No entity was sent for '42'$") as error:
        asked = [f"{number}" for number in range(100)]
        match_keys(asked, asked[:42] + asked[43:], SIMPLE, V1)
    assert len(error.value.message) < 600


PARTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=6)


@given(
    st.lists(st.fixed_dictionaries({"a": PARTS, "b": PARTS}), max_size=5, unique_by=lambda key: (key["a"], key["b"])),
    st.data(),
)
@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize("kind", [COMPLEX, ASSOCIATION])
@pytest.mark.parametrize("parts", [(), ("a", "b")])
def test_written_keys_match_in_any_order(
    protocol: Protocol, kind: KeyKind, parts: tuple[str, ...], keys: list[Any], data: st.DataObject
) -> None:
    texts = [write_key(key, kind, Place.BODY, protocol) for key in keys]
    order = data.draw(st.permutations(range(len(keys))))
    matched = match_keys(keys, [texts[index] for index in order], kind, protocol, parts)
    assert matched == {texts[index]: index for index in range(len(keys))}


@given(st.lists(st.text(max_size=12), max_size=3), st.sampled_from(KeyKind), st.sampled_from(Protocol))
def test_any_texts_match_or_are_refused(texts: list[str], kind: KeyKind, protocol: Protocol) -> None:
    asked: list[WireKey] = ["a"] if kind is SIMPLE else [{"a": "b"}]
    try:
        assert set(match_keys(asked, texts, kind, protocol).values()) == {0}
    except Theirs as error:
        assert error.status == 400
        write_json(error.message)
