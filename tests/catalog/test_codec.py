"""The codec's two sides against each other: what one writes the other reads back, in every dialect."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.catalog.application_notes import APPLICATION_NOTES, Actor, ApplicationNote, ApplicationNoteKey
from hirewire.catalog.applications import ATS_APPLICATIONS, ApplicationKey
from hirewire.catalog.call import (
    BatchReply,
    Call,
    Created,
    Done,
    InputError,
    Outcome,
    Page,
    Refusal,
    Refused,
    Reply,
)
from hirewire.catalog.codec import (
    Address,
    CallError,
    check_call,
    decode_reply,
    encode_call,
    encode_refusal,
    encode_reply,
    read_address,
    read_call,
    read_dialect,
    route,
)
from hirewire.catalog.generations import LATEST, VERSIONS, Dialect, Generation
from hirewire.catalog.provisioned_applications import (
    PROVISIONED_APPLICATIONS,
    Credentials,
    ProvisionedApplication,
    ProvisionedApplicationKey,
)
from hirewire.catalog.rules import Reading
from hirewire.values.time import Millis
from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.http import Headers, HttpRequest, HttpResponse
from hirewire.wire.methods import Method
from hirewire.wire.protocol import Protocol
from hirewire.wire.query import Paging
from hirewire.wire.tunnel import fold, unfold

NOW = Millis(1_767_735_410_000)
READING = Reading(now=NOW)
ORGANIZATION = "urn:li:organization:12345"
REST = [Dialect(Generation.REST, protocol, LATEST) for protocol in Protocol]
V2 = [Dialect(Generation.V2, protocol) for protocol in Protocol]

IDENTIFIERS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
    lambda text: not text.isspace()
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WORDS = TEXTS.filter(lambda text: text and not text.isspace())
TIMES = st.integers(1, NOW)
ACTORS = st.builds(Actor, first_name=WORDS, last_name=WORDS)
REST_NOTES = st.builds(ApplicationNote, note=WORDS, author=st.none() | ACTORS, created_at=TIMES, last_modified_at=TIMES)
V2_NOTES = st.builds(ApplicationNote, note=st.none() | TEXTS, author=st.none() | ACTORS, created_at=st.none() | TIMES)
CONTEXTS = st.integers(1, 10**12).map(lambda number: f"urn:li:organization:{number}")


@st.composite
def rest_calls(draw: Any) -> tuple[Call, Dialect]:
    keys = st.builds(ApplicationNoteKey, CONTEXTS, IDENTIFIERS, IDENTIFIERS)
    entities = draw(st.dictionaries(keys, REST_NOTES, min_size=1, max_size=5))
    return draw(notes_call(entities)), draw(st.sampled_from(REST))


@st.composite
def v2_calls(draw: Any) -> tuple[Call, Dialect]:
    context, application = draw(CONTEXTS), draw(IDENTIFIERS)
    notes = draw(st.dictionaries(IDENTIFIERS, V2_NOTES, min_size=1, max_size=5))
    entities = {ApplicationNoteKey(context, application, note_id): note for note_id, note in notes.items()}
    return draw(notes_call(entities)), draw(st.sampled_from(V2))


def notes_call(entities: dict[Any, Any]) -> st.SearchStrategy[Call]:
    upsert = Call(APPLICATION_NOTES, Method.BATCH_UPDATE, entities)
    delete = Call(APPLICATION_NOTES, Method.BATCH_DELETE, dict.fromkeys(entities))
    return st.sampled_from([upsert, delete])


@st.composite
def application_calls(draw: Any) -> tuple[Call, Dialect]:
    keys = draw(st.lists(st.builds(ApplicationKey, CONTEXTS, IDENTIFIERS), min_size=1, max_size=5, unique=True))
    return Call(ATS_APPLICATIONS, Method.BATCH_DELETE, dict.fromkeys(keys)), draw(st.sampled_from(V2))


@st.composite
def provisioning_calls(draw: Any) -> tuple[Call, Dialect]:
    name = WORDS.filter(lambda text: "linkedin" not in text.lower())
    element = draw(
        st.builds(
            ProvisionedApplication,
            unique_foreign_id=WORDS,
            name=name,
            callback_urls=st.none() | st.lists(TEXTS, max_size=3).map(tuple),
        )
    )
    key = ProvisionedApplicationKey(f"urn:li:developerApplication:{draw(st.integers(1, 10**9))}")
    patch = draw(st.fixed_dictionaries({}, optional={"name": name, "description": st.none() | TEXTS}))
    calls = [
        Call(PROVISIONED_APPLICATIONS, Method.CREATE, elements=(element,)),
        Call(PROVISIONED_APPLICATIONS, Method.PARTIAL_UPDATE, {key: patch}),
        Call(
            PROVISIONED_APPLICATIONS,
            Method.FINDER,
            name="credentialsByUniqueForeignId",
            params={"unique_foreign_id": draw(WORDS)},
            paging=Paging(draw(st.integers(0, 50)), draw(st.integers(0, 100))),
        ),
    ]
    return draw(st.sampled_from(calls)), draw(st.sampled_from(V2))


CALLS = st.one_of(rest_calls(), v2_calls(), application_calls(), provisioning_calls())


def understood(request: HttpRequest) -> tuple[Address, Call]:
    """A request as the platform reads it, step by step."""
    found = route(request.path)
    assert found is not None
    dialect = read_dialect(found, request.headers, VERSIONS, NOW)
    address = read_address(found, dialect, request, records_per_batch_max=100)
    return address, read_call(address, request.body, READING)


@given(CALLS, st.booleans())
def test_the_platform_reads_the_call_that_was_written(spoken: tuple[Call, Dialect], tunnelled: bool):
    call, dialect = spoken
    request = encode_call(call, dialect)
    if tunnelled and request.query:
        request = unfold(fold(request, "a-boundary-that-does-not-occur"))
    address, read = understood(request)
    assert address.dialect == dialect
    assert read == call


REFUSALS = st.builds(
    Refusal,
    status=st.sampled_from([400, 403, 404, 409, 500]),
    code=st.sampled_from(["MISSING_FIELD", "CONFLICT"]),
    message=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9),
    service_error_code=st.none() | st.integers(0, 99999),
    inputs=st.lists(
        st.builds(InputError, code=st.just("X"), description=TEXTS, field=st.none() | TEXTS), max_size=2
    ).map(tuple),
)


@given(st.one_of(rest_calls(), v2_calls(), application_calls()), st.data())
def test_the_caller_reads_the_batch_reply_that_was_written(spoken: tuple[Call, Dialect], data: st.DataObject):
    call, dialect = spoken
    outcome = st.just(Outcome(204)) | REFUSALS.map(lambda refusal: Outcome(refusal.status, refusal))
    reply = BatchReply({key: data.draw(outcome) for key in call.entities})
    address, read = understood(encode_call(call, dialect))
    assert decode_reply(call, dialect, encode_reply(address, read, reply)) == reply


@given(st.one_of(CALLS), REFUSALS)
def test_the_caller_reads_the_refusal_that_was_written(spoken: tuple[Call, Dialect], refusal: Refusal):
    call, dialect = spoken
    address, read = understood(encode_call(call, dialect))
    written = encode_reply(address, read, Refused(refusal))
    assert written == encode_refusal(refusal, dialect.protocol)
    assert decode_reply(call, dialect, written) == Refused(refusal)


CREDENTIALS = Credentials(client_id="c", client_secret="s")
CREATED = ProvisionedApplication(
    unique_foreign_id="f", name="n", credentials=CREDENTIALS, key="urn:li:developerApplication:2"
)


@pytest.mark.parametrize("dialect", V2)
@pytest.mark.parametrize(
    ("call", "reply"),
    [
        (
            Call(
                PROVISIONED_APPLICATIONS,
                Method.CREATE,
                elements=(ProvisionedApplication(unique_foreign_id="f", name="n"),),
            ),
            Created(ProvisionedApplicationKey("urn:li:developerApplication:2"), CREATED),
        ),
        (
            Call(
                PROVISIONED_APPLICATIONS,
                Method.PARTIAL_UPDATE,
                {ProvisionedApplicationKey("urn:li:developerApplication:2"): {"name": "m"}},
            ),
            Done(),
        ),
        (
            Call(
                PROVISIONED_APPLICATIONS,
                Method.FINDER,
                name="credentialsByUniqueForeignId",
                params={"unique_foreign_id": "f"},
                paging=Paging(0, 10),
            ),
            Page((CREATED,), Paging(0, 10), 1),
        ),
    ],
)
def test_the_caller_reads_other_replies(call: Call, reply: Reply, dialect: Dialect):
    address, read = understood(encode_call(call, dialect))
    assert decode_reply(call, dialect, encode_reply(address, read, reply)) == reply


def test_a_created_entity_has_both_id_headers():
    call = Call(
        PROVISIONED_APPLICATIONS, Method.CREATE, elements=(ProvisionedApplication(unique_foreign_id="f", name="n"),)
    )
    address, read = understood(encode_call(call, V2[0]))
    headers = encode_reply(address, read, Created(ProvisionedApplicationKey("urn:li:developerApplication:2"))).headers
    assert headers.get("X-LinkedIn-Id") == headers.get("X-RestLi-Id") == "urn:li:developerApplication:2"
    assert headers.get("Location") == "/v2/provisionedApplications/urn%3Ali%3AdeveloperApplication%3A2"


# -- the platform's side: what is refused, and how much of the request with it ------------------------------------------

NOTE = {"note": "x", "externalCreatedAt": 1, "externalLastModifiedAt": 1}


def asked(verb: str, target: str, body: bytes = b"", protocol: Protocol = Protocol.V1) -> tuple[Address, Call]:
    lines = [("LinkedIn-Version", LATEST), ("X-RestLi-Protocol-Version", protocol.value)]
    return understood(HttpRequest(verb, target, Headers(lines), body))


@pytest.mark.parametrize(
    ("verb", "target", "status", "part"),
    [
        ("GET", "/rest/applicationNotes?ids[0].externalNoteId=1", 405, "batch_update"),
        ("GET", "/v2/atsApplications/a=1/notes?ids=1", 405, "batch_delete"),
        (
            "DELETE",
            f"/v2/atsApplications/atsJobApplicationId=1&dataProvider=ATS&integrationContext={ORGANIZATION}/notes",
            400,
            "ids",
        ),
        ("PATCH", "/rest/applicationNotes?ids[0].externalNoteId=1", 405, "PATCH"),
        ("DELETE", "/v2/atsApplications/dataProvider=ATS/notes?ids=1", 400, "atsJobApplicationId"),
        (
            "DELETE",
            f"/v2/atsApplications/atsJobApplicationId=1&dataProvider=ETS&integrationContext={ORGANIZATION}/notes?ids=1",
            400,
            "dataProvider",
        ),
        (
            "DELETE",
            f"/v2/atsApplications/atsJobApplicationId=1&x=1&dataProvider=ATS&integrationContext={ORGANIZATION}/notes?ids=1",
            400,
            "'x'",
        ),
        ("DELETE", "/rest/applicationNotes?ids[x]=1", 400, "ids"),
        (
            "DELETE",
            "/rest/applicationNotes?" + "&".join(f"ids[{n}].externalNoteId={n}" for n in range(101)),
            400,
            "100",
        ),
        ("GET", "/v2/provisionedApplications?q=nothing", 400, "credentialsByUniqueForeignId"),
        ("GET", "/v2/provisionedApplications?q=credentialsByUniqueForeignId", 400, "uniqueForeignId is required"),
        (
            "GET",
            "/v2/provisionedApplications?q=credentialsByUniqueForeignId&uniqueForeignId.a=1",
            400,
            "uniqueForeignId",
        ),
        ("POST", "/v2/provisionedApplications/12", 400, "developerApplication"),
        ("POST", "/v2/provisionedApplications", 400, "CREATE"),
    ],
)
def test_a_request_that_cannot_be_understood_is_refused_whole(verb: str, target: str, status: int, part: str):
    with pytest.raises(CallError) as refused:
        asked(verb, target)
    assert refused.value.refusal.status == status
    assert part in refused.value.refusal.message


def rest_target(*note_ids: str) -> str:
    keys = (
        f"ids[{n}].externalJobApplicationId=a&ids[{n}].integrationContext={ORGANIZATION}&ids[{n}].externalNoteId={note_id}"
        for n, note_id in enumerate(note_ids)
    )
    return "/rest/applicationNotes?" + "&".join(keys)


def test_a_key_of_the_wrong_form_is_refused_alone_under_its_canonical_text():
    target = rest_target("good") + "&ids[1].externalJobApplicationId=a&ids[1].integrationContext=urn:li:contract:7"
    address, call = asked("DELETE", target)
    assert list(call.entities) == [ApplicationNoteKey(ORGANIZATION, "a", "good")]
    ((text, refusal),) = call.refused.items()
    assert text == "externalJobApplicationId=a&integrationContext=urn%3Ali%3Acontract%3A7"
    assert [fault.code for fault in refusal.inputs] == ["INVALID_URN_TYPE", "MISSING_FIELD"]
    assert address.records == 2


@pytest.mark.parametrize(
    ("note_id", "code"),
    [
        ("", "INVALID_VALUE_BLANK_FIELD"),
        ("+", "INVALID_VALUE_BLANK_FIELD"),
        ("x" * 513, "FIELD_LENGTH_TOO_LONG"),
        ("%00", "FIELD_INVALID"),
    ],
)
def test_an_identifier_a_store_cannot_keep_is_refused_alone(note_id: str, code: str):
    _, call = asked("DELETE", rest_target("good", note_id))
    assert len(call.entities) == 1
    assert [refusal.code for refusal in call.refused.values()] == [code]


def test_a_part_that_is_no_single_value_or_unknown_is_refused_alone():
    _, call = asked("DELETE", rest_target("good") + "&ids[1].externalNoteId.x=1&ids[1].colour=red")
    (refusal,) = call.refused.values()
    assert {fault.field for fault in refusal.inputs} >= {"externalNoteId", "colour"}


def test_one_bad_entity_never_harms_its_neighbours():
    body = (
        b'{"entities": {"externalNoteId=1&externalJobApplicationId=a&integrationContext=urn:li:organization:12345":'
        b'{"note": "x", "externalCreatedAt": 1, "externalLastModifiedAt": 1},'
        b'"externalNoteId=2&externalJobApplicationId=a&integrationContext=urn%3Ali%3Aorganization%3A12345": {"note": ""}}}'
    )
    address, call = asked("PUT", rest_target("1", "2"), body)
    assert list(call.entities.values()) == [ApplicationNote(note="x", created_at=1, last_modified_at=1)]
    (text,) = call.refused
    assert text == "externalJobApplicationId=a&externalNoteId=2&integrationContext=urn%3Ali%3Aorganization%3A12345"
    answer = encode_reply(address, call, BatchReply({key: Outcome(204) for key in call.entities}))
    assert answer.status == 200
    assert b'"results":{"' in answer.body and b"INVALID_VALUE_BLANK_FIELD" in answer.body


def test_half_of_a_surrogate_pair_is_no_identifier():
    key = ApplicationNoteKey(ORGANIZATION, "a", "\ud83d")
    refused = check_call(Call(APPLICATION_NOTES, Method.BATCH_DELETE, {key: None}), REST[0], READING)
    assert "surrogate" in refused[key].message


def test_the_key_part_rules_hold_before_sending_too():
    good = ApplicationNoteKey(ORGANIZATION, "a", "n")
    bad = ApplicationNoteKey("urn:li:organization:x", "a", "")
    note = ApplicationNote(note="x", created_at=1, last_modified_at=1)
    call = Call(APPLICATION_NOTES, Method.BATCH_UPDATE, {good: note, bad: note})
    refused = check_call(call, REST[0], READING)
    assert list(refused) == [bad]
    assert [fault.code for fault in refused[bad].inputs] == ["INVALID_URN_ID", "INVALID_VALUE_BLANK_FIELD"]
    late = Call(
        APPLICATION_NOTES,
        Method.BATCH_UPDATE,
        {good: ApplicationNote(note="x", created_at=NOW + 1, last_modified_at=1)},
    )
    assert "future" in check_call(late, REST[0], READING)[good].message
    assert check_call(late, V2[0], READING) == {}
    assert list(check_call(call, V2[0], READING)) == [bad]
    deletes = Call(APPLICATION_NOTES, Method.BATCH_DELETE, {good: None, bad: None})
    assert list(check_call(deletes, REST[0], READING)) == [bad]


# -- the caller's side --------------------------------------------------------------------------------------------------

NOTES_CALL = Call(APPLICATION_NOTES, Method.BATCH_DELETE, {ApplicationNoteKey(ORGANIZATION, "a", "n"): None})


@pytest.mark.parametrize(
    ("call", "dialect", "part"),
    [
        (Call(ATS_APPLICATIONS, Method.BATCH_DELETE, {ApplicationKey(ORGANIZATION, "a"): None}), REST[0], "only in v2"),
        (
            Call(APPLICATION_NOTES, Method.BATCH_GET, {ApplicationNoteKey(ORGANIZATION, "a", "n"): None}),
            REST[0],
            "batch_get",
        ),
        (
            Call(
                APPLICATION_NOTES,
                Method.BATCH_DELETE,
                {ApplicationNoteKey(ORGANIZATION, "a", "n"): None, ApplicationNoteKey(ORGANIZATION, "b", "n"): None},
            ),
            V2[0],
            "cut the call",
        ),
        (
            Call(APPLICATION_NOTES, Method.BATCH_UPDATE, {ApplicationNoteKey(ORGANIZATION, "a", "n"): None}),
            REST[0],
            "None",
        ),
        (Call(PROVISIONED_APPLICATIONS, Method.FINDER, name="x"), V2[0], "finder"),
        (
            Call(PROVISIONED_APPLICATIONS, Method.FINDER, name="credentialsByUniqueForeignId", params={"x": 1}),
            V2[0],
            "x",
        ),
        (Call(PROVISIONED_APPLICATIONS, Method.CREATE, elements=(Refusal(400, None, "why"),)), V2[0], "why"),
    ],
)
def test_a_call_that_cannot_be_said_is_our_own_error(call: Call, dialect: Dialect, part: str):
    with pytest.raises(Ours, match=part):
        encode_call(call, dialect)


def reply_to_notes(body: bytes, status: int = 200) -> Reply:
    return decode_reply(NOTES_CALL, REST[0], HttpResponse(status, Headers(), body))


KEY_TEXT = "integrationContext=urn:li:organization:12345&externalNoteId=n&externalJobApplicationId=a"


@pytest.mark.parametrize(
    ("body", "statuses", "unasked"),
    [
        (f'{{"results": {{"{KEY_TEXT}": {{"status": 204}}}}, "errors": {{}}}}', [204], ()),
        (f'{{"results": {{"{KEY_TEXT}": {{"status": 404}}}}}}', [404], ()),
        (
            f'{{"results": {{"{KEY_TEXT}": {{"status": 204}}}}, "errors": {{"{KEY_TEXT}": {{"status": 409}}}}}}',
            [409],
            (),
        ),
        (f'{{"results": {{}}, "errors": {{"{KEY_TEXT}": null}}}}', [500], ()),
        ('{"results": {"externalNoteId=other": {"status": 204}}}', [], ("externalNoteId=other",)),
        ('{"results": {"%": {"status": 204}}}', [], ("%",)),
        ("{}", [], ()),
    ],
)
def test_every_key_of_a_reply_is_matched_by_value(body: str, statuses: list[int], unasked: tuple[str, ...]):
    reply = reply_to_notes(body.encode())
    assert isinstance(reply, BatchReply)
    assert [outcome.status for outcome in reply.outcomes.values()] == statuses
    assert all(outcome.is_ok == (outcome.status < 400) for outcome in reply.outcomes.values())
    assert reply.unasked == unasked


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", f'{{"results": {{"{KEY_TEXT}": 204}}}}'.encode()])
def test_a_success_that_cannot_be_read_proves_nothing(body: bytes):
    with pytest.raises(Theirs):
        reply_to_notes(body)


def test_a_redirect_is_no_answer():
    with pytest.raises(Theirs, match="302"):
        reply_to_notes(b"", status=302)


def test_a_gateways_page_becomes_the_message_of_a_refusal():
    reply = reply_to_notes(b"<html>Bad gateway</html>", status=502)
    assert isinstance(reply, Refused)
    assert (reply.refusal.status, reply.refusal.code) == (502, None)
    assert "Bad gateway" in reply.refusal.message


FINDER = Call(
    PROVISIONED_APPLICATIONS, Method.FINDER, name="credentialsByUniqueForeignId", params={"unique_foreign_id": "f"}
)


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"elements": {}}', b'{"elements": [1]}'])
def test_a_page_that_is_none_proves_nothing(body: bytes):
    with pytest.raises(Theirs):
        decode_reply(FINDER, V2[0], HttpResponse(200, Headers(), body))


def test_a_page_without_paging_is_what_was_asked():
    reply = decode_reply(
        FINDER, V2[0], HttpResponse(200, Headers(), b'{"elements": [{}], "paging": {"links": [5, {}]}}')
    )
    assert reply == Page((ProvisionedApplication(),), Paging(0, 1))


def test_records_are_distinct_keys_or_elements_and_at_least_one():
    assert NOTES_CALL.records == 1
    assert FINDER.records == 1
    assert Call(APPLICATION_NOTES, Method.BATCH_UPDATE, {}, refused={"x": Refusal(400, None, "")}).records == 1
