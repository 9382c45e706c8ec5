"""The shared vectors on single texts: keys, parameters, elements, masks. Every case of every file, both ways.

A file has a function that gives its answers: for each of a case's columns what the vector expects and what ours does.
One test for a file, because there are thousands of cases; it shows all that differ.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from hirewire.wire import percent, v1, v2
from hirewire.wire.errors import Theirs, WireError
from hirewire.wire.keys import KeyKind, Place, freeze, read_key, read_keys, write_key
from hirewire.wire.projection import read_mask, read_return_entity, write_mask
from hirewire.wire.protocol import Protocol
from hirewire.wire.query import read_batch, read_list, read_paging, read_query, write_batch, write_query
from tests.conformance import vectors
from tests.conformance.deviations_codec import DEVIATIONS, RULES

vectors.require()

Case = dict[str, Any]
SIMPLE, COMPLEX, ASSOCIATION = KeyKind.SIMPLE, KeyKind.COMPLEX, KeyKind.ASSOCIATION
V1, V2 = Protocol.V1, Protocol.V2
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """One column of a case: what the vector expects, and how ours answers."""

    column: str
    expected: Any
    ours: Callable[[], Any]

    def given(self) -> Any:
        """Ours, an error of the layer being an answer too; any other exception is a fault."""
        try:
            return self.ours()
        except WireError as error:
            return REFUSED if isinstance(error, Theirs) else f"Ours: {error}"

    def differs(self) -> bool:
        """Whether ours is not what the vector expects."""
        return bool(self.given() != self.expected)


def as_read(tree: Any) -> Any:
    """A tree as it comes back: every leaf its text."""
    if isinstance(tree, dict):
        return {name: as_read(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [as_read(value) for value in tree]
    return str(tree).lower() if isinstance(tree, bool) else str(tree)


def element_answers(case: Case) -> Iterator[Answer]:
    escapes = {"body": v2.escape_body, "path": v2.escape_path, "query": v2.escape_query}
    for place, escape in escapes.items():
        yield Answer(f"{place} written", case[place], partial(v2.write_element, case["data"], escape))
        yield Answer(f"{place} read", as_read(case["data"]), partial(v2.read_element, case[place], place))
    yield Answer("header", as_read(case["data"]), partial(_through_header, case["data"]))


def _through_header(tree: Any) -> Any:
    text = v2.write_element(tree, v2.escape_header)
    assert text.isascii()
    assert text.isprintable()
    return v2.read_element(text, "header")


def decoded_answers(case: Case) -> Iterator[Answer]:
    yield Answer("read", case.get("data", REFUSED), partial(v2.read_element, case["encoded"], "example"))


def percent_answers(case: Case) -> Iterator[Answer]:
    yield Answer("read", case.get("decoded", REFUSED), partial(percent.decode, case["encoded"], "example"))


def escape_answers(case: Case) -> Iterator[Answer]:
    character = case["char"]
    escapes = {
        "v1_query_param": v1.escape_query,
        "v1_urlencoder_path_or_response_key": v1.escape_form,
        "v2_body": v2.escape_body,
        "v2_path": v2.escape_path,
        "v2_query": v2.escape_query,
    }
    for column, escape in escapes.items():
        yield Answer(column, case[column], partial(escape, character))
    name = v1.escape_query(case["v1_param_name_tilde"])
    yield Answer("v1_param_name_tilde written", f"{name}=x", partial(v1.write_query, {character: "x"}))
    yield Answer("v1_param_name_tilde read", {character: "x"}, partial(v1.read_query, f"{name}=x"))


def params_answers(case: Case) -> Iterator[Answer]:
    data = case["data"]
    yield Answer("v1_query written", case["v1_query"], partial(write_query, data, V1))
    yield Answer("v2_query written", case["v2_query"], partial(write_query, data, V2))
    yield Answer("v2_query read", as_read(data), partial(read_query, case["v2_query"], V2))
    if "v1_key_escaped" in case:
        yield Answer("v1_key_escaped", case["v1_key_escaped"], partial(v1.write_key, data))
    else:
        yield Answer("v1_query read", case.get("v1_decoded", REFUSED), partial(read_query, case["v1_query"], V1))


def corpus_key_answers(case: Case) -> Iterator[Answer]:
    key, columns = case["key"], (
        ("v1_requestBody", COMPLEX, Place.BODY, V1),
        ("v1_responseBody", COMPLEX, Place.BODY, V1),
        ("v1_responseBody", COMPLEX, Place.HEADER, V1),
        ("v1_path", COMPLEX, Place.PATH, V1),
        ("v1_association", ASSOCIATION, Place.BODY, V1),
        ("v1_association", ASSOCIATION, Place.PATH, V1),
        ("v2_requestBody", COMPLEX, Place.BODY, V2),
        ("v2_responseBody", COMPLEX, Place.BODY, V2),
        ("v2_path", COMPLEX, Place.PATH, V2),
        ("v2_association", ASSOCIATION, Place.BODY, V2),
    )  # fmt: skip
    for column, kind, place, protocol in columns:
        yield Answer(f"{column} written", case[column], partial(write_key, key, kind, place, protocol))
        has_empty_part = kind is ASSOCIATION and protocol is V1 and "" in key.values()
        if column != "v1_requestBody":
            expected = REFUSED if has_empty_part else as_read(key)
            yield Answer(f"{column} read", expected, partial(read_key, case[column], kind, place, protocol))
    read = [as_read(key), as_read(key)]
    parts = tuple(key)
    for protocol, column in ((V1, "v1_responseBody"), (V2, "v2_responseBody")):
        texts = [case[column]] * 2
        yield Answer(f"{column} twice", read, partial(read_keys, texts, COMPLEX, Place.BODY, protocol, parts))
        yield Answer(
            f"batch {protocol.value}",
            [as_read(key)],
            partial(_through_batch, as_read(key), protocol, parts),
        )
    if not set("".join(as_read(key).values())) & set('&#+% "<>\\^`{|}\t'):
        yield Answer(
            "v1_requestBody read", as_read(key), partial(read_key, case["v1_requestBody"], COMPLEX, Place.BODY, V1)
        )


def _through_batch(key: Any, protocol: Protocol, parts: tuple[str, ...]) -> Any:
    return _batch_keys(write_batch([key], COMPLEX, protocol), COMPLEX, protocol, parts)


def _batch_keys(text: str, kind: KeyKind, protocol: Protocol, parts: tuple[str, ...] = ()) -> Any:
    batch = read_batch(text, kind, protocol, parts)
    assert batch is not None
    return batch.keys


def key_answers(case: Case) -> Iterator[Answer]:
    for version, protocol in (("v1", V1), ("v2", V2)):
        for column, text in case[version].items():
            kind = ASSOCIATION if column.startswith("asAssociation") else COMPLEX
            place = Place.PATH if "path" in column else Place.BODY
            params = case["params"] if column in ("requestBodyKey(full)", "pathSegment") else None
            yield Answer(
                f"{version} {column} written",
                text,
                partial(write_key, case["key"], kind, place, protocol, params=params),
            )
            is_readable = not (version == "v1" and (" " in text or "%2C+" in text or "%7B" in text))
            if is_readable:
                yield Answer(
                    f"{version} {column} read", as_read(case["key"]), partial(read_key, text, kind, place, protocol)
                )


def simple_key_answers(case: Case) -> Iterator[Answer]:
    places = {"path": [Place.PATH], "query": [Place.QUERY], "headerOrBody": [Place.BODY, Place.HEADER]}
    for version, protocol in (("v1", V1), ("v2", V2)):
        for column in places:
            for place in places[column]:
                text = case[version][column]
                yield Answer(
                    f"{version} {place} written", text, partial(write_key, case["key"], SIMPLE, place, protocol)
                )
                yield Answer(
                    f"{version} {place} read", as_read(case["key"]), partial(read_key, text, SIMPLE, place, protocol)
                )


def mask_answers(case: Case) -> Iterator[Answer]:
    yield Answer("read", case.get("mask", REFUSED), partial(read_mask, case["encoded"]))
    if "mask" in case and not case.get("decodeOnly"):
        yield Answer("written", case["encoded"], partial(write_mask, case["mask"]))


def return_entity_answers(case: Case) -> Iterator[Answer]:
    expected = REFUSED if case["reject"] else case["parsed"]
    yield Answer("read", expected, partial(read_return_entity, {case["param"]: case["value"]}))


def key_text_answers(case: Case) -> Iterator[Answer]:
    data = case.get("data", REFUSED)
    identity = data if data == REFUSED else {name: value for name, value in data.items() if name != "$params"}
    yield Answer("as parameters", data, partial(v1.read_query, case["text"]))
    yield Answer("as key", identity, partial(read_key, case["text"], COMPLEX, Place.BODY, V1))


def segment_answers(case: Case) -> Iterator[Answer]:
    parsed = case.get("parsed")
    if parsed is None:
        expected: Any = REFUSED
    elif "null" in parsed:
        expected = {}
    else:
        expected = {parsed["name"]: ["x"] if "index" in parsed else "x"}
    yield Answer("read", expected, partial(v1.read_query, f"{case['segment']}=x"))


def query_answers(case: Case) -> Iterator[Answer]:
    yield Answer("read", case.get("data", REFUSED), partial(read_query, case["query"], V1))


def _key_set(text: str, kind: KeyKind, protocol: Protocol) -> Any:
    return {freeze(key) for key in _batch_keys(text, kind, protocol)}


def _pieces(write: Callable[..., str], *arguments: Any) -> list[str]:
    return sorted(write(*arguments).split("&"))


def pair_answers(case: Case) -> Iterator[Answer]:
    """The two ways to write one request: each is read, and both are written again from what 2.0.0 says."""
    old, new = (case[version].partition("?")[2] for version in ("v1", "v2"))
    params = read_query(new, V2)
    ids: Any = params.pop("ids", None)
    if not isinstance(ids, list):
        yield Answer("v1", sorted(old.split("&")), partial(_pieces, write_query, params, V1))
        yield Answer("v2", new, partial(write_query, params, V2))
        yield Answer("both", params, partial(read_query, old, V1))
        return
    kind = SIMPLE if isinstance(ids[0], str) else COMPLEX if "ids%5B" in old else ASSOCIATION
    yield Answer("v1", sorted(old.split("&")), partial(_pieces, write_batch, ids, kind, V1, params))
    yield Answer("v2", new, partial(write_batch, ids, kind, V2, params))
    keys = _key_set(new, kind, V2)
    yield Answer("both", keys, partial(_key_set, old, kind, V1))


def call_answers(case: Case) -> Iterator[Answer]:
    """The address of a call. Where its body names the keys too, both are one set; paging is refused where it must be."""
    protocol, query = Protocol(case["protocol"]), case["uri"].partition("?")[2]
    entities = (case.get("body") or {}).get("entities", {})
    kind = next((kind for word, kind in _KINDS.items() if word in case["uri"]), SIMPLE)
    if "Paging" in case["group"]:
        refused = case.get("expect", {}).get("status") == 400
        yield Answer("paging", refused, partial(_is_refused, query, protocol))
    elif entities:
        # One URI of the reference's own test ends in "))", which is a part of the value.
        keys = {
            freeze(key) for key in _batch_keys(query.replace("))", "") if protocol is V1 else query, kind, protocol)
        }
        yield Answer("keys", keys, partial(_frozen, list(entities), kind, protocol))
    else:
        yield Answer("arrays", [] if "longs" not in query else ["100", "200"], partial(_array, query, protocol))


_KINDS = {"discovereditems": COMPLEX, "follows": ASSOCIATION}


def _frozen(texts: list[str], kind: KeyKind, protocol: Protocol) -> Any:
    return {freeze(key) for key in read_keys(texts, kind, Place.BODY, protocol)}


def _array(query: str, protocol: Protocol) -> Any:
    return read_list(read_query(query, protocol), "longs", protocol) or []


def _is_refused(query: str, protocol: Protocol) -> bool:
    try:
        read_paging(read_query(query, protocol))
    except Theirs:
        return True
    return False


@dataclass(frozen=True, slots=True)
class Subject:
    """A file: which member names its cases, and their answers."""

    name: str
    answers: Callable[[Case], Iterator[Answer]]


SUBJECTS = {
    "builder_uri_pairs": Subject("v1", pair_answers),
    "char_escape_tables": Subject("char", escape_answers),
    "invocation_uris": Subject("uri", call_answers),
    "keys": Subject("key", key_answers),
    "keys_random_corpus": Subject("key", corpus_key_answers),
    "params_encode_both": Subject("data", params_answers),
    "params_random_corpus": Subject("data", params_answers),
    "percent_decode": Subject("encoded", percent_answers),
    "projection_masks": Subject("encoded", mask_answers),
    "return_entity": Subject("value", return_entity_answers),
    "simple_keys": Subject("key", simple_key_answers),
    "v1_complex_key_parse": Subject("text", key_text_answers),
    "v1_path_segment": Subject("segment", segment_answers),
    "v1_query_decode_ok": Subject("query", query_answers),
    "v1_query_decode_reject": Subject("query", query_answers),
    "v2_decode_ok": Subject("encoded", decoded_answers),
    "v2_decode_reject": Subject("encoded", decoded_answers),
    "v2_encode": Subject("data", element_answers),
    "v2_random_corpus": Subject("data", element_answers),
}


def name_of(file: str, case: Case) -> str:
    """What identifies a case in its file."""
    name = case[SUBJECTS[file].name]
    return name if isinstance(name, str) else json.dumps(name, ensure_ascii=False)


def has_reason(file: str, case: Case, answer: Answer) -> bool:
    """Whether this answer is listed as one that differs on purpose."""
    return (file, name_of(file, case)) in DEVIATIONS or any(
        rule.file == file and rule.answer == answer.column and rule.applies(case) for rule in RULES
    )


@pytest.mark.parametrize("file", [file for file in SUBJECTS if vectors.has(file)])
def test_every_vector_is_answered_as_expected_or_differs_for_a_reason(file: str) -> None:
    found = [
        f"{name_of(file, case)} / {answer.column}: expected {answer.expected!r}, got {answer.given()!r}"
        for case in vectors.cases(file)
        for answer in SUBJECTS[file].answers(case)
        if answer.differs() != has_reason(file, case, answer)
    ]
    assert not found, f"{len(found)} answers:\n" + "\n".join(found[:20])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.file}-{rule.answer}")
def test_every_rule_has_cases(rule) -> None:
    if not vectors.has(rule.file):
        pytest.skip("not among these vectors")
    assert any(rule.applies(case) for case in vectors.cases(rule.file)), rule.reason


@pytest.mark.parametrize("listed", DEVIATIONS, ids=str)
def test_every_deviation_by_name_is_a_case(listed: tuple[str, str]) -> None:
    file, name = listed
    if not vectors.has(file):
        pytest.skip("not among these vectors")
    assert any(name_of(file, case) == name for case in vectors.cases(file)), DEVIATIONS[listed]
