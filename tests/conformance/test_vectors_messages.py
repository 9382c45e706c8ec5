"""The shared vectors on whole messages: methods, routing, bodies, tunnelling, and the exchanges of the documents.

Every file has a Subject: what a case is called, what the vector expects and what ours answers. One check runs all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from hirewire.wire.accept import JSON, check_accept
from hirewire.wire.body import (
    match_keys,
    read_batch_body,
    read_elements,
    read_entities,
    read_json,
    read_patch,
    write_json,
)
from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.http import Headers, HttpRequest, HttpResponse
from hirewire.wire.keys import KeyKind, Place, WireKey, read_key, write_key
from hirewire.wire.methods import METHODS, Method, Shape, infer, spelled
from hirewire.wire.protocol import METHOD_HEADER, PROTOCOL_HEADER, Protocol, read_protocol
from hirewire.wire.query import read_batch, read_list, read_paging, read_query, write_query
from hirewire.wire.response import (
    ErrorBody,
    is_marked_as_error,
    read_created_id,
    read_error,
    write_error,
)
from hirewire.wire.routing import Match, Router, Template
from hirewire.wire.tunnel import fold, unfold
from tests.conformance import vectors
from tests.conformance.deviations_messages import DEVIATIONS, reason_to_deviate

vectors.require()

Case = dict[str, Any]
SIMPLE, COMPLEX, ASSOCIATION = KeyKind.SIMPLE, KeyKind.COMPLEX, KeyKind.ASSOCIATION


@dataclass(frozen=True, slots=True)
class Subject:
    """How the cases of one file are put to the wire layer. ``answer`` may raise Theirs: then its status is the answer."""

    name: Callable[[Case], str]
    expected: Callable[[Case], Any]
    answer: Callable[[Case], Any]


def _answer(subject: Subject, case: Case) -> Any:
    try:
        return subject.answer(case)
    except Theirs as error:
        return error.status


def _headers(case: Case) -> Headers:
    return Headers(case["headers"].items())


# Negotiation


def _chosen(case: Case) -> str:
    check_accept(case["accept"])
    return JSON


def _effective_protocol(case: Case) -> Any:
    if "parses" in case:
        version = tuple(case["parses"])
        return "2.0.0" if version == (2, 0, 0) else "1.0.0" if (1, 0, 0) <= version < (2, 0, 0) else 400
    return case.get("effective", 400)


# Methods


def _shape(case: Case) -> Shape:
    return Shape(case["hasEntityKey"], case["hasBatchIds"], case["hasQ"], case["hasBq"], case["hasActionParam"])


# Body keys


def _body_keys_expected(case: Case) -> str:
    return "accepted" if case.get("accept") else f"{case['reject']['status']} {case['reject']['messageContains']}"


def _body_keys(case: Case) -> str:
    kind = KeyKind(case["keyKind"].partition(":")[0])
    asked = [_as_text(key) for key in case["uriIds"]]
    try:
        match_keys(asked, read_entities(case["body"].encode(), Method.BATCH_UPDATE), kind, Protocol(case["protocol"]))
    except Theirs as error:
        wanted = case.get("reject", {}).get("messageContains", "")
        return f"{error.status} {wanted if wanted in error.message else error.message}"
    return "accepted"


def _as_text(key: Any) -> Any:
    return {name: str(value) for name, value in key.items()} if isinstance(key, dict) else str(key)


# Tunnelling


def _plain(verb: str, target: str, headers: dict[str, str], body: str) -> Any:
    return verb, target, {name.lower(): value for name, value in headers.items()}, body


def _plain_request(request: HttpRequest) -> Any:
    return _plain(request.verb, request.target, dict(request.headers), request.body.decode())


def _unfolded_expected(case: Case) -> Any:
    # Where the reference crashes (500) ours says what is wrong.
    plain = case.get("decoded")
    return _plain(plain["method"], plain["uri"], plain["headers"], plain["body"]) if plain else 400


def _unfolded(case: Case) -> Any:
    return _plain_request(unfold(HttpRequest(case["method"], case["uri"], _headers(case), case["body"].encode())))


def _folded_expected(case: Case) -> Any:
    folded = case.get("encoded")
    if folded is None:
        return "Ours"
    headers = {name: value for name, value in folded["headers"].items() if name != "Content-Length"}
    return _plain(folded["method"], folded["uri"], headers, folded["body"])


def _folded(case: Case) -> Any:
    request = HttpRequest(case["method"], case["uri"], _headers(case), case["body"].encode())
    try:
        folded = fold(request, "BOUNDARY") if len(request.query) >= case["threshold"] else request
    except Ours:
        return "Ours"
    if folded is not request:
        again = unfold(folded)
        assert (again.verb, again.target, again.body) == (request.verb, request.target, request.body)
    return _plain_request(folded)


# Resources as the vectors have them. They stand under no base, so one is put in front of their paths.


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a vector file: where it is, how it is keyed, and which texts its key (or its parts) may be."""

    segments: tuple[str, ...]
    kind: KeyKind = SIMPLE
    parts: tuple[str, ...] = ()
    key_form: str = ".*"
    simple: frozenset[str] = frozenset()

    @property
    def template(self) -> Template:
        return Template(("base", *self.segments), self.simple)

    def holds_entity(self, key: WireKey) -> bool:
        """Whether a key addresses an entity; one with parts missing addresses none (a finder may still take it)."""
        texts = [key] if isinstance(key, str) else [str(value) for value in key.values()]
        if not all(re.fullmatch(self.key_form, text) for text in texts):
            raise Theirs(f"no key of {self.segments}: {key}")
        if isinstance(key, str) or not self.parts:
            return True
        if not set(key) <= set(self.parts):
            raise Theirs(f"unknown parts in {key}")
        return set(key) == set(self.parts)


LONG = r"-?\d+"
ROUTING = [
    Resource(("statuses",), key_form=LONG),
    Resource(("statuses", "replies"), key_form=LONG),
    Resource(("statuses", "location"), simple=frozenset({"location"})),
    Resource(("follows",), ASSOCIATION, ("followerID", "followeeID"), LONG),
    Resource(("discovereditems",), COMPLEX, ("userId", "type", "itemId"), LONG),
    Resource(("trending",), simple=frozenset({"trending"})),
    Resource(("trending", "trendRegions"), simple=frozenset({"trending"})),
    Resource(("accounts",), key_form="an action set has no keys"),
    Resource(("custom_status",), key_form=".{5}"),
    Resource(("test",), ASSOCIATION, ("foo", "bar", "baz")),
]
# One group has another resource at the path of the last one.
UNIQUENESS = [Resource(("test",)), Resource(("test", "sub"))]
TESTSUITE = [
    *(
        Resource((name,))
        for name in ("collection", "collectionTyperef", "collectionReturnEntity", "params", "actionSet")
    ),
    Resource(("collection", "subcollection")),
    Resource(("collection", "subsimple"), simple=frozenset({"subsimple"})),
    Resource(("simple",), simple=frozenset({"simple"})),
    Resource(("association",), ASSOCIATION, ("part1", "part2", "part3")),
    Resource(("associationTyperef",), ASSOCIATION, ("part1", "part2")),
    Resource(("complexkey",), COMPLEX, ("part1", "part2", "part3")),
    Resource(("keywithunion",), COMPLEX, ("union",)),
]
SEEDS = [
    Resource(("applicationNotes",), COMPLEX, ("externalJobApplicationId", "externalNoteId", "integrationContext")),
    Resource(("atsApplications",), COMPLEX, ("atsJobApplicationId", "dataProvider", "integrationContext")),
    Resource(("atsApplications", "notes")),
    Resource(("prospectNotes",)),
    Resource(("jobApplicationLifecycleActions",)),
    Resource(
        ("integrationConfigurations",),
        COMPLEX,
        ("configurationName", "integrationContext", "integrationType", "tenantType"),
    ),
    Resource(("atsIntegrations",), COMPLEX, ("dataProvider", "integrationContext", "integrationType", "tenantType")),
    Resource(("atsIntegrations", "configurations")),
]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A request as read: resource, method, and the keys of path and query."""

    resource: Resource
    method: Method
    parents: list[WireKey]
    key: WireKey | None
    keys: list[WireKey]
    params: dict[str, Any]


def read(resources: Sequence[Resource], request: HttpRequest) -> Meaning:
    """Path, protocol, query and method of a plain request, in the order a server looks at them (G-4)."""
    known = {resource.template: resource for resource in resources}
    match = Router(known).match(f"/base/{request.path.removeprefix('/')}")
    if match is None:
        raise Theirs("nothing there", status=404)
    resource = known[match.template]
    protocol = read_protocol(request.headers.get(PROTOCOL_HEADER))
    batch = read_batch(request.query, resource.kind, protocol, resource.parts if resource.kind is COMPLEX else ())
    params = batch.params if batch else read_query(request.query, protocol)
    parents = list(_read_parents(match, known, protocol))
    key = None if match.key is None else read_key(match.key, resource.kind, Place.PATH, protocol)
    is_entity = match.is_entity if key is None else resource.holds_entity(key)
    shape = Shape(is_entity, batch is not None, "q" in params, "bq" in params, "action" in params)
    method = infer(request.verb, request.headers.get(METHOD_HEADER), shape)
    return Meaning(resource, method, parents, key, batch.keys if batch else [], params)


def _read_parents(match: Match, known: dict[Template, Resource], protocol: Protocol) -> Iterator[WireKey]:
    segments = match.template.segments
    above = [
        template for length in range(2, len(segments)) for template in known if template.segments == segments[:length]
    ]
    for template, text in zip([template for template in above if not template.is_simple], match.parents, strict=True):
        key = read_key(text, known[template].kind, Place.PATH, protocol)
        assert known[template].holds_entity(key)
        yield key


# Routing


def _routing_name(case: Case) -> str:
    return " ".join(filter(None, [case["protocol"], case["http"], case["restliHeader"], case["uri"]]))


def _routing_expected(case: Case) -> Any:
    expected = case["expect"]
    if "status" in expected:
        return expected["status"]
    return {name: _texts(expected[name]) for name in ("method", "batchIds") if name in expected} | (
        {"pathKeys": sorted(expected["pathKeys"])} if _has_named_parts(case) else {}
    )


def _texts(value: Any) -> Any:
    return [_as_text(key) for key in value] if isinstance(value, list) else value


def _has_named_parts(case: Case) -> bool:
    return "pathKeys" in case["expect"] and "trendRegion" not in case["uri"]


def _routing(case: Case) -> Any:
    meaning = _routing_meaning(case)
    name = {Method.FINDER: "q", Method.BATCH_FINDER: "bq", Method.ACTION: "action"}.get(meaning.method)
    offered = _offered()[meaning.resource.segments]
    if name and (meaning.method, meaning.params[name]) not in offered:
        raise Theirs("no such finder or action")
    if meaning.method not in offered:
        return 405
    return {
        "method": meaning.method.name,
        **({"batchIds": meaning.keys} if "batchIds" in case["expect"] else {}),
        **({"pathKeys": sorted(meaning.key or {})} if _has_named_parts(case) else {}),
    }


def _routing_meaning(case: Case) -> Meaning:
    lines = [(PROTOCOL_HEADER, case["protocol"])]
    if case["restliHeader"] is not None:
        lines.append((METHOD_HEADER, case["restliHeader"]))
    resources = UNIQUENESS if case["group"] == "uniqueness" else ROUTING
    return read(resources, HttpRequest(case["http"], case["uri"], Headers(lines)))


def _offered() -> dict[tuple[str, ...], set[Any]]:
    """Which methods, finders and actions each resource offers: the file says that the successes tell."""
    if not _OFFERED:
        for resource in [*ROUTING, *UNIQUENESS]:
            _OFFERED[resource.segments] = set()
        for case in vectors.cases("routing"):
            if "method" in case["expect"] and "altkey" not in case["uri"]:
                meaning = _routing_meaning(case)
                named = [meaning.params.get(name) for name in ("q", "bq", "action")]
                _OFFERED[meaning.resource.segments] |= {meaning.method, *((meaning.method, name) for name in named)}
    return _OFFERED


_OFFERED: dict[tuple[str, ...], set[Any]] = {}


# Error bodies: facts on which fields there are

_SHOWN = {
    "status": {"status": 422},
    "code/serviceErrorCode": {"code": "A", "service_error_code": 7},
    "message": {"message": "no"},
    "errorDetails+errorDetailType": {"error_details": {"a": 1}, "error_detail_type": "t"},
}


def _error_expected(case: Case) -> ErrorBody:
    fields: Any = {"status": 500}
    for shown in case["shows"]:
        fields |= _SHOWN.get(shown, {})
    return ErrorBody(**fields)


def _error(case: Case) -> ErrorBody:
    value = read_json(write_json(write_error(_error_expected(case))))
    assert set(value) <= set(vectors.document("error_response")["fields"])
    return read_error(value | {"docUrl": "x", "requestId": "x", "exceptionClass": "x", "stackTrace": "x"}, 500)


# The public test suite: each exchange read, and written again from what was read


def _exchange_expected(case: Case) -> Any:
    request, response = case["request"], case["response"]
    headers = response["headers"]
    return {
        "method": case["restliMethod"].partition(":")[0],
        "verb": request["method"],
        "target": request["target"],
        "body": request["body"],
        "results": sorted((response["body"] or {}).get("results", {})),
        "errors": sorted((response["body"] or {}).get("errors", {})),
        "id": next(
            (value for name, value in headers.items() if name.lower() in ("x-linkedin-id", "x-restli-id")), None
        ),
        "error": (case["expectedStatus"], response["body"].get("message", "")) if response["status"] >= 400 else None,
    }


def _exchange(case: Case) -> Any:
    protocol = Protocol(case["protocol"])
    lines, body = case["request"]["headers"].items(), case["request"]["body"]
    request = HttpRequest(
        case["request"]["method"],
        case["request"]["target"],
        Headers(lines),
        b"" if body is None else write_json(body),
    )
    response = HttpResponse(
        case["response"]["status"],
        Headers(case["response"]["headers"].items()),
        b"" if case["response"]["body"] is None else write_json(case["response"]["body"]),
    )
    meaning = read(TESTSUITE, request)
    results, errors = _written_answer_keys(meaning, response, protocol)
    return {
        "method": meaning.method.value,
        "verb": spelled(meaning.method)[0],
        "target": _written_target(meaning, request, protocol),
        "body": _written_body(meaning, request, protocol),
        "results": results,
        "errors": errors,
        "id": read_created_id(response.headers),
        "error": _read_failure(response),
    }


def _written_target(meaning: Meaning, request: HttpRequest, protocol: Protocol) -> str:
    """Path and query written from their values. ``$params`` are no part of a key, so a path with them is kept."""
    path = request.path
    if meaning.key is not None and "$params" not in path:
        kept = path.rpartition("/")[0]
        path = f"{kept}/{write_key(meaning.key, meaning.resource.kind, Place.PATH, protocol)}"
    query = write_query(read_query(request.query, protocol), protocol)
    return f"{path}?{query}" if query else path


def _written_body(meaning: Meaning, request: HttpRequest, protocol: Protocol) -> Any:
    if not METHODS[meaning.method].has_body:
        return None
    if meaning.keys:
        entities = read_entities(request.body, meaning.method)
        matched = match_keys(meaning.keys, entities, meaning.resource.kind, protocol, meaning.resource.parts)
        assert sorted(matched.values()) == list(range(len(meaning.keys)))
        patches = entities.values() if meaning.method is Method.BATCH_PARTIAL_UPDATE else ()
        assert all(patch == {"patch": {"$set": read_patch(patch)}} for patch in patches)
    elif meaning.method is Method.BATCH_CREATE:
        return {"elements": read_elements(request.body)}
    elif meaning.method is Method.PARTIAL_UPDATE:
        return {"patch": {"$set": read_patch(read_json(request.body))}}
    return read_json(request.body)


def _written_answer_keys(meaning: Meaning, response: HttpResponse, protocol: Protocol) -> tuple[list[str], list[str]]:
    if not meaning.keys:
        return [], []
    answer, kind = read_batch_body(response.body), meaning.resource.kind

    def rewritten(texts: Any) -> list[str]:
        keys = [read_key(text, kind, Place.BODY, protocol) for text in texts]
        assert all(key in meaning.keys for key in keys)
        return sorted(write_key(key, kind, Place.BODY, protocol) for key in keys)

    return rewritten(answer.results), rewritten(answer.errors)


def _read_failure(response: HttpResponse) -> Any:
    if not is_marked_as_error(response.headers):
        return None
    error = read_error(read_json(response.body), response.status)
    return error.status, error.message


# The requests of the documents


def _seed_name(case: Case) -> str:
    return f"{case['seed']} {case['name']}"


def _seed_expected(case: Case) -> Any:
    results = case["response"].get("body", {}).get("results", {})
    return case["meaning"] | {"results": sorted(results)}


def _seed(case: Case) -> Any:
    sent = case["request"]
    request = unfold(HttpRequest(sent["method"], sent["target"], _headers(sent), sent["body"].encode()))
    base, _, below = request.target.removeprefix("/").partition("/")
    assert base in ("v2", "rest")
    meaning = read(SEEDS, HttpRequest(request.verb, f"/{below}", request.headers, request.body))
    protocol, kind = Protocol.V1, meaning.resource.kind
    read_here = {
        "method": meaning.method.value,
        "resource": "/".join(meaning.resource.segments),
        "keys": meaning.keys,
        "results": sorted(write_key(key, kind, Place.BODY, protocol) for key in meaning.keys),
        **({"parentKey": meaning.parents[0]} if meaning.parents else {}),
        **({"entities": _entities(meaning, request, protocol)} if meaning.method is Method.BATCH_UPDATE else {}),
        **(_finder(meaning, protocol) if meaning.method is Method.FINDER else {}),
    }
    return {name: value for name, value in read_here.items() if name in _seed_expected(case)}


def _entities(meaning: Meaning, request: HttpRequest, protocol: Protocol) -> list[Any]:
    entities = read_entities(request.body, meaning.method)
    matched = match_keys(meaning.keys, entities, meaning.resource.kind, protocol)
    return [entities[text] for text in sorted(matched, key=lambda text: matched[text])]


def _finder(meaning: Meaning, protocol: Protocol) -> Any:
    params, paging = meaning.params, read_paging(meaning.params)
    return {
        "finder": params["q"],
        "params": {
            "contract": params["contract"],
            "owners": read_list(params, "owners", protocol),
            "beforeDate": int(params["beforeDate"]),
        },
        "start": paging.start,
        "count": paging.count,
    }


SUBJECTS: dict[str, Subject] = {
    "accept": Subject(
        lambda case: repr(case["accept"]),
        lambda case: case.get("chosen") or case.get("status") or case.get("reject"),
        _chosen,
    ),
    "protocol_version": Subject(
        lambda case: repr(case["header"]), _effective_protocol, lambda case: read_protocol(case["header"]).value
    ),
    "method_table": Subject(
        lambda case: f"{case['http']} {case['restliHeader']} {_shape(case)}",
        lambda case: case["method"],
        lambda case: infer(case["http"], case["restliHeader"].swapcase(), _shape(case)).name,
    ),
    "batch_body_keys": Subject(
        lambda case: f"{case['protocol']} {case['keyKind']} {case['body']}", _body_keys_expected, _body_keys
    ),
    "tunnel_decode": Subject(lambda case: case["name"], _unfolded_expected, _unfolded),
    "tunnel_encode": Subject(lambda case: case["name"], _folded_expected, _folded),
    "routing": Subject(_routing_name, _routing_expected, _routing),
    "error_response": Subject(lambda case: case["format"], _error_expected, _error),
    "testsuite_data": Subject(
        lambda case: case["name"], lambda case: case["json"], lambda case: read_json(write_json(case["json"]))
    ),
    "testsuite_wire": Subject(lambda case: f"{case['protocol']} {case['name']}", _exchange_expected, _exchange),
    "seeds": Subject(_seed_name, _seed_expected, _seed),
}


def _all_cases() -> list[Any]:
    return [
        pytest.param(file, case, id=f"{file}: {SUBJECTS[file].name(case)}".encode("unicode_escape").decode()[:120])
        for file in filter(vectors.has, SUBJECTS)
        for case in vectors.cases(file)
    ]


@pytest.mark.parametrize(("file", "case"), _all_cases())
def test_a_vector_is_answered_as_expected_or_deviates_for_a_reason(file: str, case: Case) -> None:
    subject = SUBJECTS[file]
    expected, ours = subject.expected(case), _answer(subject, case)
    if reason_to_deviate(file, subject.name(case), expected, ours):
        assert ours != expected, "no longer deviates: strike it from the table"
    else:
        assert ours == expected


@pytest.mark.skipif(not vectors.has("error_response"), reason="not among these vectors")
def test_the_public_sample_of_an_error_reads_as_it_stands() -> None:
    sample = vectors.document("error_response")["publicSample"]
    assert write_error(read_error(sample, 500)) == sample


@pytest.mark.parametrize("listed", DEVIATIONS, ids=str)
def test_each_deviation_by_name_is_a_case(listed: tuple[str, str]) -> None:
    file, name = listed
    if not vectors.has(file) or all(SUBJECTS[file].name(case) != name for case in vectors.cases(file)):
        pytest.skip("not among these vectors")
