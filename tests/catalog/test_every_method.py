"""Adding a resource: a made-up one, described as data only, is spoken in every method by both sides."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest

from hirewire.catalog.call import BatchReply, Call, Created, CreatedMany, Done, Found, Outcome, Page, Refusal, Reply
from hirewire.catalog.codec import Route, decode_reply, encode_call, encode_reply, read_address, read_call
from hirewire.catalog.codec.answering import Address
from hirewire.catalog.errors import CallError
from hirewire.catalog.fields import ListOf, Long, Record, Spelling, Text
from hirewire.catalog.generations import Dialect, Generation
from hirewire.catalog.keys import KeyShape, Part
from hirewire.catalog.model import Finder, Limits, Param, Resource, View
from hirewire.catalog.rules import NOT_BLANK, Reading
from hirewire.values.time import Millis
from hirewire.wire.errors import Theirs
from hirewire.wire.http import Headers, HttpRequest, HttpResponse
from hirewire.wire.keys import KeyKind
from hirewire.wire.methods import METHODS, Method
from hirewire.wire.protocol import Protocol
from hirewire.wire.query import Paging
from hirewire.wire.routing import Router, Template


class StageKey(NamedTuple):
    pipeline: str
    stage: str


class Stage(msgspec.Struct, frozen=True):
    title: str | None = None
    place: int | None = None


VIEW = View(
    generation=Generation.V2,
    template=Template(("v2", "stages")),
    methods=frozenset(METHODS),
    key=KeyShape(KeyKind.COMPLEX, (Part("pipeline", "pipe"), Part("stage", "stage"))),
    fields=Record(
        Stage,
        (
            Spelling("title", "title", Text(), required=True, rules=(NOT_BLANK,)),
            Spelling("place", "place", Long()),
        ),
    ),
    finders=(
        Finder("byPlace", (Param("place", "place", Long(), required=True), Param("tags", "tags", ListOf(Text(), 5)))),
    ),
)
STAGES = Resource("stages", "Stages", "made up", StageKey, Stage, (VIEW,), Limits(10, None, 100), tenant=None)
ROUTER = Router([VIEW.template])
READING = Reading(now=Millis(1_000))

ONE, TWO = StageKey("p 1&,(", "s:1%"), StageKey("p2", "s2")
HIRED = Stage(title="Hired", place=3)
REFUSED = Outcome(404, Refusal(404, "NOT_FOUND", "gone"))


def understood(request: HttpRequest, protocol: Protocol) -> tuple[Address, Call]:
    match = ROUTER.match(request.path)
    assert match is not None
    found = Route(STAGES, VIEW, match.parents, match.key)
    address = read_address(found, Dialect(Generation.V2, protocol), request, records_per_batch_max=None)
    return address, read_call(address, request.body, READING)


EXCHANGES: list[tuple[Call, Reply]] = [
    (Call(STAGES, Method.GET, {ONE: None}), Found(HIRED)),
    (Call(STAGES, Method.UPDATE, {ONE: HIRED}), Done()),
    (Call(STAGES, Method.PARTIAL_UPDATE, {ONE: {"place": None}}), Done()),
    (Call(STAGES, Method.DELETE, {ONE: None}), Done()),
    (
        Call(STAGES, Method.BATCH_GET, {ONE: None, TWO: None}),
        BatchReply({ONE: Outcome(200, entity=HIRED), TWO: REFUSED}),
    ),
    (Call(STAGES, Method.BATCH_UPDATE, {ONE: HIRED, TWO: HIRED}), BatchReply({ONE: Outcome(204), TWO: REFUSED})),
    (Call(STAGES, Method.BATCH_PARTIAL_UPDATE, {ONE: {"title": "x"}}), BatchReply({ONE: Outcome(204)})),
    (Call(STAGES, Method.BATCH_DELETE, {ONE: None}), BatchReply({ONE: REFUSED})),
    (Call(STAGES, Method.CREATE, elements=(HIRED,)), Created(ONE)),
    (Call(STAGES, Method.BATCH_CREATE, elements=(HIRED, HIRED)), CreatedMany((Created(TWO), REFUSED))),
]


@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.parametrize(("call", "reply"), EXCHANGES, ids=[call.method.value for call, _ in EXCHANGES])
def test_a_resource_described_as_data_is_spoken_by_both_sides(call: Call, reply: Reply, protocol: Protocol):
    dialect = Dialect(Generation.V2, protocol)
    request = encode_call(call, dialect)
    address, read = understood(request, protocol)
    assert (read.method, dict(read.entities), read.elements) == (call.method, dict(call.entities), call.elements)
    assert decode_reply(call, dialect, encode_reply(address, read, reply)) == reply


def test_a_bad_element_of_a_batch_create_is_refused_in_its_place():
    body = b'{"elements": [{"title": "Hired"}, {"title": ""}, 5]}'
    request = HttpRequest("POST", "/v2/stages", Headers([("X-RestLi-Method", "batch_create")]), body)
    _, call = understood(request, Protocol.V1)
    assert call.elements[0] == Stage(title="Hired")
    refused = [element.code for element in call.elements if isinstance(element, Refusal)]
    assert refused == ["INVALID_VALUE_BLANK_FIELD", "FIELD_INVALID"]


@pytest.mark.parametrize(
    ("verb", "target", "body"),
    [
        ("PUT", "/v2/stages/pipe=1&stage=1", b'{"title": ""}'),
        ("PUT", "/v2/stages/pipe=1&stage=1", b'{"title": "a", "title": "b"}'),
        ("POST", "/v2/stages", b'{"place": 1}'),
        ("GET", "/v2/stages/pipe=1", b""),
        ("GET", "/v2/stages?q=byPlace&place=x", b""),
    ],
)
def test_a_single_entity_that_breaks_a_rule_refuses_the_request(verb: str, target: str, body: bytes):
    with pytest.raises(CallError) as refused:
        understood(HttpRequest(verb, target, Headers(), body), Protocol.V1)
    assert refused.value.refusal.status == 400


@pytest.mark.parametrize(
    ("protocol", "query"),
    [
        (Protocol.V1, "q=byPlace&place=3&tags=a&tags=b&start=5&unknown=x"),
        (Protocol.V2, "q=byPlace&place=3&tags=List(a,b)&start=5"),
    ],
)
def test_finder_arguments_are_read_as_their_kinds(protocol: Protocol, query: str):
    _, call = understood(HttpRequest("GET", f"/v2/stages?{query}"), protocol)
    assert (call.name, call.params["place"], call.paging) == ("byPlace", 3, Paging(5, 10))
    assert call.params["tags"] == ("a", "b")


def test_an_empty_batch_is_legal_in_2_0_0():
    address, call = understood(HttpRequest("DELETE", "/v2/stages?ids=List()"), Protocol.V2)
    assert encode_reply(address, call, BatchReply({})).body == b'{"results":{},"errors":{}}'


@pytest.mark.parametrize("id_header", [None, "%", "pipe=only"])
def test_a_create_is_done_whatever_its_id_header_says(id_header: str | None):
    headers = Headers([("X-LinkedIn-Id", id_header)] if id_header else [])
    call = Call(STAGES, Method.CREATE, elements=(HIRED,))
    assert decode_reply(call, Dialect(Generation.V2, Protocol.V1), HttpResponse(201, headers)) == Created(None)


@pytest.mark.parametrize("body", [b'{"elements": []}', b'{"elements": [{}]}', b'{"elements": [{"id": "1"}]}'])
def test_the_answer_of_a_batch_create_must_match_the_elements_sent(body: bytes):
    call = Call(STAGES, Method.BATCH_CREATE, elements=(HIRED,))
    with pytest.raises(Theirs):
        decode_reply(call, Dialect(Generation.V2, Protocol.V1), HttpResponse(200, Headers(), body))


def test_an_argument_that_is_not_required_may_be_absent():
    _, call = understood(HttpRequest("GET", "/v2/stages?q=byPlace&place=3&tags="), Protocol.V1)
    assert dict(call.params) == {"place": 3}


def test_a_page_may_leave_its_total_open():
    call = Call(STAGES, Method.FINDER, name="byPlace", params={"place": 3}, paging=Paging(0, 10))
    dialect = Dialect(Generation.V2, Protocol.V1)
    address, read = understood(encode_call(call, dialect), Protocol.V1)
    page = Page((HIRED,), Paging(0, 10))
    answer = encode_reply(address, read, page)
    assert b"total" not in answer.body
    assert decode_reply(call, dialect, answer) == page


def test_an_entity_whose_key_is_refused_is_not_looked_at():
    body = b'{"entities": {"pipe=1&stage=1": {"title": "x"}, "pipe=1&stage=": {"title": ""}}}'
    target = "/v2/stages?ids[0].pipe=1&ids[0].stage=1&ids[1].pipe=1&ids[1].stage="
    _, call = understood(HttpRequest("PUT", target, Headers(), body), Protocol.V1)
    assert dict(call.entities) == {StageKey("1", "1"): Stage(title="x")}
    assert [refusal.inputs[0].field for refusal in call.refused.values()] == ["stage"]
