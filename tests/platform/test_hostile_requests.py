"""Whatever comes, there is an answer that is no 500, and what was refused has changed nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hirewire.db import open_database
from tests.platform.exchanges import exchanges
from tests.platform.sandbox import NOTE, Caller, Sandbox, rest_ids, rest_key, v2_path


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory):
    """One application on one platform for a whole property."""
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('hostile')}/test.db")
    sandbox = Sandbox(database, body_bytes_max=100_000)
    yield sandbox.caller()
    sandbox.close()
    database.close()


def check(caller: Caller, *request: Any, **headers: str) -> None:
    answer = caller.send(*request, **headers)
    assert answer.status < 500, answer.body
    assert answer.status == 204 or isinstance(answer.json, dict)
    assert not [line for line in caller.sandbox.lines if "unexpected" in line]


SAMPLES = exchanges("application_notes")
PATHS = st.sampled_from(
    [
        "/rest/applicationNotes",
        f"/v2/atsApplications/{v2_path('a')}/notes",
        "/v2/atsApplications",
        "/v2/provisionedApplications",
    ]
)
HEADER_TEXT = st.text(st.characters(max_codepoint=255, exclude_characters="\0\r\n"), max_size=30)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "X-RestLi-Method",
            "X-RestLi-Protocol-Version",
            "X-HTTP-Method-Override",
            "Content-Type",
            "Accept",
            "LinkedIn-Version",
        ]
    ),
    HEADER_TEXT | st.sampled_from(["2.0.0", "batch_update", "PUT", "application/json", "multipart/mixed; boundary=x"]),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    verb=st.sampled_from(["GET", "PUT", "POST", "DELETE", "PATCH"]),
    path=PATHS,
    query=st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), max_size=60),
    headers=HEADERS,
    body=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()),
)
@settings(max_examples=300)
def test_any_request_has_an_answer(caller: Caller, verb, path, query, headers, body):
    check(caller, verb, f"{path}?{query}", body, **headers)


@given(sample=st.sampled_from(SAMPLES), data=st.data())
@settings(max_examples=200)
def test_any_sample_with_one_byte_changed_has_an_answer(caller: Caller, sample, data):
    body = bytearray(sample.request.body or b"x")
    position = data.draw(st.integers(0, len(body) - 1))
    body[position] = data.draw(st.integers(0, 255))
    headers = {name: value for name, value in sample.request.headers.items() if name != "Authorization"}
    check(caller, sample.request.verb, sample.request.target, bytes(body), **headers)


@given(sample=st.sampled_from(SAMPLES), data=st.data())
@settings(max_examples=100)
def test_any_sample_cut_short_has_an_answer(caller: Caller, sample, data):
    body = sample.request.body[: data.draw(st.integers(0, len(sample.request.body)))]
    headers = {name: value for name, value in sample.request.headers.items() if name != "Authorization"}
    check(caller, sample.request.verb, sample.request.target, body, **headers)


@given(entity=JSON)
@settings(max_examples=150)
def test_one_bad_entity_never_harms_its_neighbour(caller: Caller, entity):
    keys = [rest_key("app", "good"), rest_key("app", "odd")]
    body = json.dumps({"entities": {keys[0]: NOTE, keys[1]: entity}})
    answer = caller.send("PUT", f"/rest/applicationNotes?{rest_ids(keys)}", body)
    if answer.status == 400:  # not JSON (NaN), or too deep: nobody can say where the entity ends
        return
    assert keys[0] in answer.json["results"]
    assert (keys[1] in answer.json["results"]) != (keys[1] in answer.json["errors"])


@pytest.mark.parametrize(
    "change",
    [
        {"note": "\0 \U0001f600 \x7f \u2028"},
        {"note": "x" * 50_000},
        {"note": "\\ud800 is text here"},
        {"author": {"firstName": "\u202e", "lastName": "\0\0"}},
    ],
)
def test_what_is_accepted_is_stored_exactly(each_sandbox: Sandbox, change):
    caller = each_sandbox.caller()
    assert caller.put({"id": "1", **change}).json["errors"] == {}
    (note,) = each_sandbox.notes()
    author = change.get("author", NOTE["author"])
    assert note["note"] == change.get("note", NOTE["note"])
    assert note["author"] == {"first_name": author["firstName"], "last_name": author["lastName"]}


@pytest.mark.parametrize("id", ["a b", "a&b=c", "a,(b)", "%", "ä", "\U0001f600", "'", '"', "a/b", "+", "~", "x" * 512])
def test_every_identifier_is_stored_exactly_through_every_door(each_sandbox: Sandbox, id: str):
    from hirewire.catalog.application_notes import APPLICATION_NOTES, ApplicationNote, ApplicationNoteKey
    from hirewire.catalog.call import Call
    from hirewire.catalog.codec import encode_call
    from hirewire.catalog.generations import Dialect, Generation
    from hirewire.wire.methods import Method
    from hirewire.wire.protocol import Protocol

    caller = each_sandbox.caller()
    key = ApplicationNoteKey("urn:li:organization:12345", id, id)
    note = ApplicationNote(note="n", created_at=1, last_modified_at=1)
    for generation, version in ((Generation.V2, None), (Generation.REST, "202603")):
        for protocol in Protocol:
            dialect = Dialect(generation, protocol, version)
            for method, entity in ((Method.BATCH_UPDATE, note), (Method.BATCH_DELETE, None)):
                request = encode_call(Call(APPLICATION_NOTES, method, {key: entity}), dialect)
                headers = {name.replace("-", "_"): value for name, value in request.headers}
                answer = caller.send(request.verb, request.target, request.body, **headers)
                assert (answer.status, answer.json["errors"]) == (200, {}), (dialect, answer.body)
                stored = [(note["application_id"], note["note_id"]) for note in each_sandbox.notes()]
                assert stored == ([(id, id)] if entity else [])


def test_a_whole_request_error_changes_nothing(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    caller.put({"id": "1", "note": "before"})
    keys = [rest_key("app", "1"), rest_key("app", "2")]
    target = f"/rest/applicationNotes?{rest_ids(keys)}"
    first, second = (f"{json.dumps(key)}:{json.dumps(NOTE)}" for key in keys)
    for members in (
        first,
        f'{first},{second},"x":{{}}',
        f"{first},{second}}}",
        f"{first},{second}}}}} x",
        f"{first},{first}",
    ):
        body = f'{{"entities":{{{members}}}}}'
        assert caller.send("PUT", target, body).status == 400
    assert [note["note"] for note in each_sandbox.notes()] == ["before"]


def test_an_unexpected_failure_is_a_500_that_commits_nothing(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch):
    caller = sandbox.caller()
    monkeypatch.setattr(sandbox.stores.journal, "_rows_max", None)  # makes the last step of the unit fail
    answer = caller.put({"id": "1"})
    assert (answer.status, answer.code) == (500, "INTERNAL_SERVER_ERROR")
    assert answer.headers["x-li-request-id"] in "".join(sandbox.lines)
    assert "Traceback" not in answer.body.decode()
    monkeypatch.undo()
    assert sandbox.notes() == [] and sandbox.usage(caller.client_id) == (0, 0)
    assert caller.put({"id": "1"}).status == 200


def test_the_log_holds_no_note_and_no_token(sandbox: Sandbox):
    caller = sandbox.caller()
    caller.put({"id": "1", "note": "words nobody else may read"})
    caller.put({"id": "1", "note": "words nobody else may read", "author": "x"})
    log = "".join(sandbox.lines)
    assert "words" not in log and caller.token not in log
    assert log.count("request_id") >= 3


# -- requests as client libraries in use write them


def official(sandbox: Sandbox, count: int) -> tuple[str, str]:
    """``ids`` and the entities of protocol 2.0.0 as the official client libraries write them."""
    keys = [
        f"(externalJobApplicationId:app,externalNoteId:n{n},integrationContext:urn%3Ali%3Aorganization%3A12345)"
        for n in range(count)
    ]
    return f"ids=List({','.join(keys)})", json.dumps({"entities": dict.fromkeys(keys, NOTE)})


def test_a_tunnelled_batch_of_a_hundred_as_official_clients_write_it(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    query, entities = official(each_sandbox, 100)
    body = (
        f"--b0undary\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n{query}\r\n"
        f"--b0undary\r\nContent-Type: application/json\r\n\r\n{entities}\r\n--b0undary--\r\n"
    )
    answer = caller.send(
        "POST",
        "/rest/applicationNotes",
        body,
        Content_Type="multipart/mixed; boundary=b0undary",
        X_HTTP_Method_Override="PUT",
        X_RestLi_Method="BATCH_UPDATE",
        X_RestLi_Protocol_Version="2.0.0",
    )
    assert answer.status == 200
    assert len(answer.json["results"]) == 100 == len(each_sandbox.notes())
    assert next(iter(answer.json["results"])).startswith("(externalJobApplicationId:app,externalNoteId:n0,integration")


def test_a_delete_tunnelled_under_get_names_the_fault_and_runs_neither(sandbox: Sandbox):
    caller = sandbox.caller()
    caller.put({"id": "n0"})
    answer = caller.send(
        "POST",
        "/rest/applicationNotes",
        official(sandbox, 1)[0],
        Content_Type="application/x-www-form-urlencoded",
        X_HTTP_Method_Override="GET",
        X_RestLi_Method="BATCH_DELETE",
        X_RestLi_Protocol_Version="2.0.0",
    )
    assert answer.status == 400
    assert "X-HTTP-Method-Override: DELETE" in answer.json["message"]
    assert len(sandbox.notes()) == 1


@pytest.mark.parametrize(
    ("query", "headers", "hint"),
    [
        ("ids=List((externalNoteId:n))", {}, "X-RestLi-Protocol-Version"),
        ("ids=List((integrationContext:urn:li:organization:1))", {"X_RestLi_Protocol_Version": "2.0.0"}, "%3A"),
        ("ids=List((externalNoteId:))", {"X_RestLi_Protocol_Version": "2.0.0"}, "''"),
    ],
)
def test_other_known_faults_are_named(sandbox: Sandbox, query: str, headers: dict[str, str], hint: str):
    answer = sandbox.caller().send("DELETE", f"/rest/applicationNotes?{query}", **headers)
    assert answer.status == 400 and hint in answer.json["message"], answer.json


def test_empty_params_decoration_is_dropped(sandbox: Sandbox):
    key = "($params:(),externalJobApplicationId:a,externalNoteId:n,integrationContext:urn%3Ali%3Aorganization%3A12345)"
    answer = sandbox.caller().send(
        "PUT",
        f"/rest/applicationNotes?ids=List({key})",
        {"entities": {key: NOTE}},
        X_RestLi_Protocol_Version="2.0.0",
    )
    assert list(answer.json["results"]) == [key.replace("$params:(),", "")]
