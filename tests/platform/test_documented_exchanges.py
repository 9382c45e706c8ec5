"""The printed samples get the documented answers, byte for byte as asked, on both databases."""

from __future__ import annotations

import pytest

from tests.platform.exchanges import Exchange, exchanges, with_token
from tests.platform.sandbox import Caller, Sandbox

NOTES = exchanges("application_notes")
BY_NAME = {exchange.name: exchange for exchange in NOTES}


def check(caller: Caller, exchange: Exchange) -> None:
    if exchange.given:
        check(caller, BY_NAME[exchange.given])
    request = exchange.request
    answer = caller.sandbox.send(request.verb, request.target, with_token(request.headers, caller.token), request.body)
    assert (answer.status, answer.json) == (exchange.status, exchange.answer)
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("exchange", NOTES, ids=lambda exchange: exchange.name)
def test_a_documented_exchange(each_sandbox: Sandbox, exchange: Exchange):
    check(each_sandbox.caller(), exchange)


def test_what_the_samples_say_is_stored(sandbox: Sandbox):
    caller = sandbox.caller()
    check(caller, BY_NAME["rest_upsert_tunnelled"])
    (note,) = sandbox.notes()
    assert note == {
        "integration_context": "urn:li:organization:12345",
        "application_id": "app_2025219_0001",
        "note_id": "note_20251219_0002",
        "note": "interview",
        "author": {"first_name": "Angela", "last_name": "Smith"},
        "created_at": 1767735410000,
        "last_modified_at": 1767735410000,
        "stored_at": sandbox.clock.now(),
    }
    check(caller, BY_NAME["rest_delete_tunnelled"])
    assert sandbox.notes() == []


def test_both_generations_reach_the_same_note(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    check(caller, BY_NAME["v2_upsert"])
    target = (
        "/rest/applicationNotes?ids[0].externalJobApplicationId=app_1&ids[0].externalNoteId=APPL_NOTE123"
        "&ids[0].integrationContext=urn:li:organization:12345"
    )
    assert list(caller.send("DELETE", target).json["errors"]) == []
    assert [note["note_id"] for note in each_sandbox.notes()] == ["APPL_NOTE456"]


def test_a_v2_delete_without_ids_never_deletes_everything(sandbox: Sandbox):
    caller = sandbox.caller()
    check(caller, BY_NAME["v2_upsert"])
    path = BY_NAME["v2_upsert"].request.target.partition("?")[0]
    answer = caller.send("DELETE", path)
    assert answer.status == 400 and "ids" in answer.json["message"]
    assert len(sandbox.notes()) == 2


def test_every_exchange_names_its_source():
    for exchange in NOTES:
        assert "Sync Application Notes" in exchange.source and "https://learn.microsoft.com/" in exchange.source
