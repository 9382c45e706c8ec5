"""The resources beside notes: what their keys and entities may be, table by table, on both sides of the wire."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from hirewire.catalog.call import BatchReply, Call, Created, CreatedMany, InputError, Outcome, Page, Refusal
from hirewire.catalog.codec import Route, check_call, decode_reply, encode_call, encode_reply, read_address, read_call
from hirewire.catalog.codec.answering import Address
from hirewire.catalog.errors import CallError, entity_not_found
from hirewire.catalog.generations import LATEST, Dialect, Generation
from hirewire.catalog.integration_configurations import (
    INTEGRATION_CONFIGURATIONS,
    IntegrationConfiguration,
    IntegrationConfigurationKey,
    url_fault,
)
from hirewire.catalog.integration_types import CONFIGURATION_KEYS, INTEGRATION_TYPES
from hirewire.catalog.integrations import INTEGRATIONS, Integration, IntegrationKey
from hirewire.catalog.lifecycle_actions import LIFECYCLE_ACTIONS, LifecycleAction, LifecycleActionKey
from hirewire.catalog.model import Resource, View
from hirewire.catalog.prospect_notes import PROSPECT_NOTES, ProspectNote
from hirewire.catalog.rules import Reading
from hirewire.catalog.seats import SEATS, Seat
from hirewire.catalog.seats import Created as SeatCreated
from hirewire.values.time import Millis
from hirewire.values.urn import UrnKind
from hirewire.wire.http import Headers, HttpRequest
from hirewire.wire.methods import Method
from hirewire.wire.protocol import Protocol
from hirewire.wire.query import Paging
from hirewire.wire.routing import Router
from tests.catalog.views import view_of

READING = Reading(now=Millis(1_000))
ORGANIZATION, CONTRACT = "urn:li:organization:12345", "urn:li:contract:1234567"
DIALECTS = [
    Dialect(generation, protocol, LATEST if generation is Generation.REST else None)
    for generation in Generation
    for protocol in Protocol
]


def understood(
    resource: Resource, view: View, dialect: Dialect, request: HttpRequest, reading: Reading = READING
) -> tuple[Address, Call]:
    match = Router([view.template]).match(request.path)
    assert match is not None
    found = Route(resource, view, match.parents, match.key)
    address = read_address(found, dialect, request, records_per_batch_max=100)
    return address, read_call(address, request.body, reading)


def exchanged(call: Call, dialect: Dialect, reply: Any) -> Any:
    """A call and its reply, through bytes and back."""
    view = call.resource.view(dialect.generation)
    assert view is not None
    address, read = understood(call.resource, view, dialect, encode_call(call, dialect))
    assert read == call
    return decode_reply(call, dialect, encode_reply(address, read, reply))


def spoken_in(resource: Resource) -> list[Dialect]:
    return [dialect for dialect in DIALECTS if resource.view(dialect.generation)]


# -- integration configurations ---------------------------------------------------------------------------------------

CALLBACK = IntegrationConfigurationKey(ORGANIZATION, "ONE_CLICK_EXPORT", "RECRUITER", "CALLBACK_URL")
VIEWERS = CALLBACK._replace(name="JOB_POSTING_VIEWERS")
URL = IntegrationConfiguration("https://customer.callback.com/goes/here")


@pytest.mark.parametrize("dialect", spoken_in(INTEGRATION_CONFIGURATIONS))
def test_configurations_are_written_and_read_back(dialect: Dialect):
    upsert = Call(
        INTEGRATION_CONFIGURATIONS,
        Method.BATCH_UPDATE,
        {CALLBACK: URL, VIEWERS: IntegrationConfiguration("ALL_PRODUCT_USERS")},
    )
    done = BatchReply({CALLBACK: Outcome(204), VIEWERS: Outcome(204)})
    assert exchanged(upsert, dialect, done) == done
    get = Call(INTEGRATION_CONFIGURATIONS, Method.BATCH_GET, {CALLBACK: None, VIEWERS: None})
    found = BatchReply({CALLBACK: Outcome(200, entity=URL), VIEWERS: Outcome(404, entity_not_found("x"))})
    assert exchanged(get, dialect, found) == found


def test_statuses_stand_in_rest_only_and_hold_what_failed():
    get = Call(INTEGRATION_CONFIGURATIONS, Method.BATCH_GET, {CALLBACK: None})
    for dialect in spoken_in(INTEGRATION_CONFIGURATIONS):
        view = view_of(INTEGRATION_CONFIGURATIONS, dialect.generation)
        address, read = understood(INTEGRATION_CONFIGURATIONS, view, dialect, encode_call(get, dialect))
        is_rest = dialect.generation is Generation.REST
        there = encode_reply(address, read, BatchReply({CALLBACK: Outcome(200, entity=URL)})).body
        missing = encode_reply(address, read, BatchReply({CALLBACK: Outcome(404, entity_not_found("x"))})).body
        assert (b'"statuses":{}' in there) == is_rest
        assert (b"404" in missing.partition(b'"statuses":')[2]) == is_rest


def key_faults(key: IntegrationConfigurationKey, value: str = "https://a.example") -> list[InputError]:
    call = Call(INTEGRATION_CONFIGURATIONS, Method.BATCH_UPDATE, {key: IntegrationConfiguration(value)})
    dialect = Dialect(Generation.REST, Protocol.V1, LATEST)
    refused = check_call(call, dialect, READING)
    return list(refused[key].inputs) if refused else []


@pytest.mark.parametrize("integration_type", sorted(INTEGRATION_TYPES))
@pytest.mark.parametrize("name", ["CALLBACK_URL", "JOB_POSTING_VIEWERS", "APPLICATION_VIEWERS"])
def test_a_configuration_goes_only_with_its_types(integration_type: str, name: str):
    kind = INTEGRATION_TYPES[integration_type].contexts[0]
    key = IntegrationConfigurationKey(f"urn:li:{kind.value}:5", integration_type, "RECRUITER", name)
    declared = any((each.name, each.integration_type) == (name, integration_type) for each in CONFIGURATION_KEYS)
    value = "https://a.example" if name == "CALLBACK_URL" else "ALL_PRODUCT_USERS"
    assert [fault.rule for fault in key_faults(key, value)] == ([] if declared else ["key-of-type"])


@pytest.mark.parametrize("integration_type", sorted(INTEGRATION_TYPES))
@pytest.mark.parametrize("kind", [UrnKind.ORGANIZATION, UrnKind.CONTRACT])
def test_an_integration_belongs_to_the_documented_kind_of_context(integration_type: str, kind: UrnKind):
    key = IntegrationKey(f"urn:li:{kind.value}:5", integration_type, "JOBS")
    call = Call(INTEGRATIONS, Method.BATCH_PARTIAL_UPDATE, {key: {"name": "x"}})
    refused = check_call(call, Dialect(Generation.V2, Protocol.V1), READING)
    expected = [] if kind in INTEGRATION_TYPES[integration_type].contexts else ["INVALID_URN_TYPE"]
    assert [refusal.code for refusal in refused.values()] == expected


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        (CALLBACK, "", "INVALID_VALUE_BLANK_FIELD"),
        (CALLBACK, "ftp://a.example", "INVALID_VALUE_FOR_FIELD"),
        (VIEWERS, "EVERYBODY", "INVALID_VALUE_FOR_FIELD"),
        (CALLBACK._replace(integration_type="WEATHER"), "https://a.example", "INVALID_VALUE_FOR_FIELD"),
        (CALLBACK._replace(tenant_type="LANDLORD"), "https://a.example", "INVALID_VALUE_FOR_FIELD"),
        (CALLBACK._replace(name="COLOUR"), "https://a.example", "INVALID_VALUE_FOR_FIELD"),
        (CALLBACK._replace(integration_context="urn:li:contract:1"), "https://a.example", "INVALID_URN_TYPE"),
        (CALLBACK._replace(integration_context="urn:li:seat:1"), "https://a.example", "INVALID_URN_TYPE"),
    ],
)
def test_other_configurations_are_refused(key: IntegrationConfigurationKey, value: str, code: str):
    assert [fault.code for fault in key_faults(key, value)] == [code]


@pytest.mark.parametrize("url", ["https://a.example", "http://127.0.0.1:8080/x?y=1", "https://[::1]:443/"])
def test_an_absolute_url_can_be_called(url: str):
    assert url_fault(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.example",
        "https://",
        "https:///x",
        "//a.example",
        "javascript:x",
        "https://u:p@a.example",
        "https://a.example/#x",
        "https://a b.example",
        "https://a.example:x",
        "https://a.example:99999",
        "https://a.example:0",
        "https://ü.example",
        "https://[::1",
        "https://a.example/" + "x" * 2_000,
        "https://a.example/\n",
    ],
)
def test_what_is_no_such_url_is_said(url: str):
    assert url_fault(url)


@pytest.mark.parametrize("value", ["x", {}, {"int": 5}, {"string": 5}, {"string": "x", "int": 5}, None])
def test_a_configuration_value_is_the_union_with_one_string(value: Any):
    dialect = Dialect(Generation.REST, Protocol.V1, LATEST)
    call = Call(INTEGRATION_CONFIGURATIONS, Method.BATCH_UPDATE, {CALLBACK: URL})
    request = encode_call(call, dialect)
    (text,) = json.loads(request.body)["entities"]
    body = json.dumps({"entities": {text: {"configurationValue": value}}}).encode()
    view = view_of(INTEGRATION_CONFIGURATIONS, Generation.REST)
    _, read = understood(
        INTEGRATION_CONFIGURATIONS, view, dialect, HttpRequest("PUT", request.target, request.headers, body)
    )
    (refusal,) = read.refused.values()
    assert refusal.status == 400
    assert refusal.inputs[0].field in ("configurationValue", "configurationValue.string")


# -- integrations -----------------------------------------------------------------------------------------------------

INTEGRATION = IntegrationKey(CONTRACT, "CSA_API", "RECRUITER")


@pytest.mark.parametrize("dialect", spoken_in(INTEGRATIONS))
def test_integrations_are_named_and_read_back(dialect: Dialect):
    naming = Call(INTEGRATIONS, Method.BATCH_PARTIAL_UPDATE, {INTEGRATION: {"name": "Acme ATS"}})
    done = BatchReply({INTEGRATION: Outcome(204)})
    assert exchanged(naming, dialect, done) == done
    entity = Integration(CONTRACT, "CSA_API", "RECRUITER", "Acme ATS", "ENABLED")
    found = BatchReply({INTEGRATION: Outcome(200, entity=entity)})
    assert exchanged(Call(INTEGRATIONS, Method.BATCH_GET, {INTEGRATION: None}), dialect, found) == found
    finder = Call(INTEGRATIONS, Method.FINDER, name="request", params={"request_id": "r1"}, paging=Paging(0, 10))
    page = Page((entity,), Paging(0, 10), 1)
    assert exchanged(finder, dialect, page) == page


# -- prospect notes, seats --------------------------------------------------------------------------------------------

NOTE = ProspectNote(
    active=True,
    contract=CONTRACT,
    created=1489192513000,
    id=1323073443,
    last_modified=1489192513000,
    member="urn:li:person:a1b2c3d4e5",
    note="Testing out the Notes functionality 1",
    owner="urn:li:seat:123456789",
)


@pytest.mark.parametrize("dialect", spoken_in(PROSPECT_NOTES))
def test_prospect_notes_are_found(dialect: Dialect):
    params = {"contract": CONTRACT, "owners": ("urn:li:seat:1", "urn:li:seat:2"), "before": 5, "cutoff": 3}
    call = Call(PROSPECT_NOTES, Method.FINDER, name="criteria", params=params, paging=Paging(5, 5))
    reply = exchanged(call, dialect, Page((NOTE,), Paging(5, 5), 10))
    assert dataclasses.replace(reply, links=()) == Page((NOTE,), Paging(5, 5), 10)
    assert [link.rel for link in reply.links] == ["prev", "next"]


def test_a_deleted_note_is_one_that_is_not_active():
    call = Call(PROSPECT_NOTES, Method.FINDER, name="criteria", params={"contract": CONTRACT}, paging=Paging(0, 5))
    page = Page((ProspectNote(active=False, id=1),), Paging(0, 5))
    assert exchanged(call, DIALECTS[0], page) == page


def found(resource: Resource, generation: Generation, query: str) -> Address:
    view = resource.view(generation)
    assert view is not None
    dialect = Dialect(generation, Protocol.V1, LATEST if generation is Generation.REST else None)
    target = "/" + "/".join(view.template.segments) + "?" + query
    return understood(resource, view, dialect, HttpRequest("GET", target))[0]


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("q=criteria", "contract is required"),
        ("q=criteria&contract=5", "contract"),
        ("q=criteria&contract=urn:li:organization:5", "contract"),
        (f"q=criteria&contract={CONTRACT}&owners=urn:li:person:5", "owners[0]"),
        (f"q=criteria&contract={CONTRACT}&beforeDate=soon", "beforeDate"),
        (f"q=criteria&contract={CONTRACT}&cutoffDate=1.5", "cutoffDate"),
        (f"q=criteria&contract={CONTRACT}&fields=(", "fields"),
        (f"q=criteria&contract={CONTRACT}&fields=a&fields=b", "one mask"),
        ("q=byMoon", "criteria"),
    ],
)
def test_a_bad_argument_of_the_finder_is_named(query: str, part: str):
    with pytest.raises(CallError) as refused:
        found(PROSPECT_NOTES, Generation.V2, query)
    assert refused.value.refusal.status == 400
    assert part in refused.value.refusal.message


def test_the_contract_is_the_context_of_the_request():
    assert found(PROSPECT_NOTES, Generation.V2, f"q=criteria&contract={CONTRACT}").contexts == (CONTRACT,)


SEAT = Seat(7, "Ada", "L", CONTRACT, "urn:li:person:p", "ACTIVE", ("RECRUITER",), SeatCreated(5, "urn:li:person:q"))


@pytest.mark.parametrize("dialect", spoken_in(SEATS))
def test_seats_are_found(dialect: Dialect):
    params = {"contracts": (CONTRACT,), "states": ("ACTIVE", "PARKED")}
    call = Call(SEATS, Method.FINDER, name="attributes", params=params, paging=Paging(0, 10))
    page = Page((SEAT,), Paging(0, 10), 1)
    assert exchanged(call, dialect, page) == page


@pytest.mark.parametrize("generation", Generation)
def test_the_seats_finder_needs_a_start(generation: Generation):
    with pytest.raises(CallError, match="start"):
        found(SEATS, generation, f"q=attributes&contracts={CONTRACT}")
    assert found(SEATS, generation, f"q=attributes&contracts={CONTRACT}&start=0").paging == Paging(0, 10)


def test_the_legacy_seats_answer_only_the_fields_asked_for():
    legacy = SEATS.views[-1]
    target = f"/v2/seats?q=seatsByAttributes&fields=id&active=true&count=100&start=0&contracts={CONTRACT}"
    address, call = understood(SEATS, legacy, DIALECTS[0], HttpRequest("GET", target))
    assert call.params == {"contracts": (CONTRACT,), "is_active": True}
    body = encode_reply(address, call, Page((SEAT,), Paging(0, 100))).body
    assert body.startswith(b'{"elements":[{"id":7}]')


def test_a_flag_of_a_query_is_true_or_false():
    legacy = SEATS.views[-1]
    target = f"/v2/seats?q=seatsByAttributes&active=maybe&contracts={CONTRACT}"
    with pytest.raises(CallError, match="active"):
        understood(SEATS, legacy, DIALECTS[0], HttpRequest("GET", target))


# -- lifecycle actions ------------------------------------------------------------------------------------------------

ACTION = LifecycleAction("urn:li:jobApplication:12345678", "APPLICATION_VIEWED", 1604600000017, ORGANIZATION)


@pytest.mark.parametrize("dialect", spoken_in(LIFECYCLE_ACTIONS))
def test_actions_are_created(dialect: Dialect):
    created = Created(LifecycleActionKey("81"))
    assert exchanged(Call(LIFECYCLE_ACTIONS, Method.CREATE, elements=(ACTION,)), dialect, created) == created
    many = CreatedMany((created, Outcome(400, Refusal(400, "MISSING_FIELD", "x"))))
    assert exchanged(Call(LIFECYCLE_ACTIONS, Method.BATCH_CREATE, elements=(ACTION, ACTION)), dialect, many) == many


def created_from(body: bytes, reading: Reading = READING) -> Any:
    (view,) = LIFECYCLE_ACTIONS.views
    request = HttpRequest("POST", "/v2/jobApplicationLifecycleActions", Headers(), body)
    return understood(LIFECYCLE_ACTIONS, view, DIALECTS[0], request, reading)[1].elements[0]


BODY = b'{"jobApplicationId": "%s", "action": "%s", "performedAt": %s%s}'
CONTEXT = b', "integrationContext": "urn:li:organization:12345"'
VIEWED = b"APPLICATION_VIEWED"


def test_a_bare_id_of_a_job_application_is_its_urn():
    assert created_from(BODY % (b"12345678", VIEWED, b"5", CONTEXT)).job_application == ACTION.job_application


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (BODY % (b"x", VIEWED, b"5", CONTEXT), "INVALID_URN_TYPE"),
        (BODY % (b"urn:li:person:5", VIEWED, b"5", CONTEXT), "INVALID_URN_TYPE"),
        (BODY % (b"5", b"APPLICATION_EATEN", b"5", CONTEXT), "INVALID_VALUE_FOR_FIELD"),
        (BODY % (b"5", VIEWED, b"0", CONTEXT), "INVALID_VALUE_FOR_FIELD"),
        (BODY % (b"5", VIEWED, b'"5"', CONTEXT), "FIELD_INVALID"),
        (BODY % (b"5", VIEWED, b"5", b""), "MISSING_FIELD"),
        (b'{"jobApplicationId": 5, "action": 5, "performedAt": true}', "FIELD_INVALID"),
    ],
)
def test_a_bad_action_is_refused(body: bytes, code: str):
    with pytest.raises(CallError) as refused:
        created_from(body)
    assert refused.value.refusal.code == code


def test_switches_waive_the_context_and_add_actions():
    lenient = Reading(
        Millis(1), waived=frozenset({"lifecycle_context"}), extra_values={"lifecycle_action": frozenset({"SCREENED"})}
    )
    assert created_from(BODY % (b"5", b"SCREENED", b"5", b""), lenient).action == "SCREENED"


def test_a_reply_may_hold_values_of_later_days():
    page = Page((Seat(id=1, state="HIBERNATING"),), Paging(0, 10))
    params = {"contracts": (CONTRACT,)}
    call = Call(SEATS, Method.FINDER, name="attributes", params=params, paging=Paging(0, 10))
    assert exchanged(call, DIALECTS[0], page) == page
