"""The recruiters' side: contracts, persons, seats and notes through the control API, and what a deletion leads to."""

from __future__ import annotations

from typing import Any

import pytest

from hirewire.catalog.seats import SeatState
from hirewire.db import Transaction
from hirewire.platform.events import EventFilter
from hirewire.platform.onboarding import OnboardingError
from hirewire.platform.prospecting import delete_note
from tests.platform.recruiters import CONTRACT, Recruiters, find
from tests.platform.sandbox import NOON, ORGANIZATION, Answer, Sandbox


def post(sandbox: Sandbox, path: str, **body: Any) -> Answer:
    return sandbox.control("POST", f"/control/{path}", body)


def events(sandbox: Sandbox) -> list[bytes]:
    """The bodies of all push events, the oldest first."""
    found = sandbox.database.read_now(lambda tx: [each.body for each in sandbox.stores.events.each(tx, EventFilter())])
    return found[::-1]


def test_a_note_from_the_contract_to_its_deletion(each_sandbox: Sandbox):
    sandbox = each_sandbox
    assert post(sandbox, "contracts", contract="1234567", organization="12345").json == {
        "contract": CONTRACT,
        "organization": ORGANIZATION,
    }
    recruiter = post(sandbox, "persons", first_name="Ann", last_name="Lee").json["person"]
    prospect = post(sandbox, "persons", first_name="Pat", last_name="Poe", id="a1-b_2").json["person"]
    assert prospect == "urn:li:person:a1-b_2"
    seat = post(sandbox, "seats", contract=CONTRACT, person=recruiter, roles=["SOURCER"], id="123456789").json
    assert (seat["seat"], seat["state"], seat["last_name"]) == ("urn:li:seat:123456789", "ACTIVE", "Lee")
    note = post(sandbox, "prospect-notes", seat="123456789", person=prospect, text="Met at a fair").json
    assert note == {
        "id": note["id"],
        "contract": CONTRACT,
        "owner": "urn:li:seat:123456789",
        "person": prospect,
        "active": True,
        "text": "Met at a fair",
        "created": NOON,
        "last_modified": NOON,
    }
    target = f"/control/prospect-notes/{note['id']}"
    edited = sandbox.control("PATCH", target, {"seat": "123456789", "text": "Met twice"}).json
    assert (edited["text"], edited["last_modified"]) == ("Met twice", NOON + 1)
    deleted = sandbox.control("DELETE", f"{target}?seat=123456789").json
    assert (deleted["active"], deleted["last_modified"]) == (False, NOON + 2)
    assert sandbox.control("GET", target).json == deleted
    assert sandbox.control("GET", f"/control/prospect-notes?contract={CONTRACT}").json == {"notes": [deleted]}
    after = f"/control/prospect-notes?contract={CONTRACT}&after={NOON + 2}"
    assert sandbox.control("GET", after).json == {"notes": []}
    assert sandbox.control("GET", f"{after}&after_id=0").json == {"notes": [deleted]}
    assert events(sandbox) == [
        b'{"prospectNoteId":"%d","type":"DELETE_PROSPECT_NOTE","integrationContext":"urn:li:contract:1234567"}'
        % note["id"]
    ]


def test_what_there_is_can_be_listed(each_sandbox: Sandbox):
    recruiters = Recruiters(each_sandbox)
    control = each_sandbox.control
    mine = {"contract": CONTRACT, "organization": ORGANIZATION}
    assert control("GET", "/control/contracts").json == {"contracts": [mine]}
    assert control("GET", "/control/contracts?organization=678").json == {"contracts": []}
    persons = control("GET", "/control/persons?limit=2").json["persons"]
    last = persons[-1]["person"].rpartition(":")[2]
    assert len(persons) == 2 and len(control("GET", f"/control/persons?after={last}").json["persons"]) == 1
    assert control("GET", f"/control/persons/{last}").json == persons[-1]
    seats = control("GET", f"/control/seats?contract={CONTRACT}&start=1").json["seats"]
    assert [seat["seat"] for seat in seats] == [f"urn:li:seat:{recruiters.seats[1]}"]
    changed = control("PATCH", f"/control/seats/{recruiters.seats[0]}", {"state": "PARKED"}).json
    assert changed["state"] == "PARKED"
    seat = recruiters.find_seat(recruiters.seats[0])
    assert seat is not None and seat.state is SeatState.PARKED


def test_notes_can_be_made_up(each_sandbox: Sandbox):
    Recruiters(each_sandbox)
    made = {"contract": CONTRACT, "count": 150, "seed": 4, "since": NOON - 1_500, "until": NOON}
    assert post(each_sandbox, "prospect-notes/generate", **made).json["generated"] == 150
    found = each_sandbox.control("GET", f"/control/prospect-notes?contract={CONTRACT}&limit=1000").json["notes"]
    assert [note["last_modified"] for note in found] == list(range(NOON - 1_500, NOON, 10))
    caller = each_sandbox.caller(contract=CONTRACT)
    assert find(caller).json["paging"]["total"] == 150


@pytest.mark.parametrize(
    ("verb", "path", "body", "status", "said"),
    [
        ("POST", "contracts", {"contract": "x", "organization": "1"}, 400, "contract"),
        ("POST", "contracts", {"contract": "1", "organization": "urn:li:contract:1"}, 400, "organization"),
        ("POST", "contracts", {"contract": "007", "organization": "1"}, 400, "leading zeros"),
        ("POST", "contracts", {"contract": "9" * 19, "organization": "1"}, 400, "leading zeros"),
        ("POST", "contracts", {"contract": "1"}, 400, "organization"),
        ("POST", "persons", {"first_name": " ", "last_name": "x"}, 400, "first name"),
        ("POST", "persons", {"first_name": "x", "last_name": "x" * 101}, 400, "last name"),
        ("POST", "persons", {"first_name": "x", "last_name": "y", "id": "a b"}, 400, "person"),
        ("POST", "persons", {"first_name": "x", "last_name": "y", "id": "{person}"}, 409, "already"),
        ("GET", "persons/nobody", None, 404, "nobody"),
        ("GET", "persons?after=%00", None, 400, "after"),
        ("POST", "seats", {"contract": "99", "person": "{person}"}, 404, "create the contract first"),
        ("POST", "seats", {"contract": CONTRACT, "person": "nobody"}, 404, "nobody"),
        ("POST", "seats", {"contract": CONTRACT, "person": "{person}", "roles": ["x"] * 21}, 400, "roles"),
        ("POST", "seats", {"contract": CONTRACT, "person": "{person}", "roles": [""]}, 400, "role"),
        ("POST", "seats", {"contract": CONTRACT, "person": "{person}", "state": "GONE"}, 400, "state"),
        ("POST", "seats", {"contract": CONTRACT, "person": "{person}", "id": "{active}"}, 409, "already"),
        ("PATCH", "seats/5", {"state": "PARKED"}, 404, "seat 5"),
        ("GET", "seats?contract=", None, 400, "contract"),
        ("POST", "prospect-notes", {"seat": "{parked}", "person": "{person}", "text": "x"}, 409, "PARKED"),
        ("POST", "prospect-notes", {"seat": "{active}", "person": "nobody", "text": "x"}, 404, "nobody"),
        ("POST", "prospect-notes", {"seat": "{active}", "person": "{person}", "text": " \n"}, 400, "note"),
        ("POST", "prospect-notes", {"seat": "{active}", "person": "{person}", "text": "x" * 10_001}, 400, "10000"),
        ("POST", "prospect-notes", {"seat": "", "person": "{person}", "text": "x"}, 400, "seat"),
        ("PATCH", "prospect-notes/{note}", {"seat": "{parked}", "text": "x"}, 409, "PARKED"),
        ("PATCH", "prospect-notes/{note}", {"seat": "{foreign}", "text": "x"}, 409, "another contract"),
        ("PATCH", "prospect-notes/{note}", {"seat": "{active}", "text": ""}, 400, "note"),
        ("PATCH", "prospect-notes/999999", {"seat": "{active}", "text": "x"}, 404, "999999"),
        ("PATCH", "prospect-notes/x", {"seat": "{active}", "text": "x"}, 400, "note"),
        ("DELETE", "prospect-notes/{note}", None, 400, "seat"),
        ("DELETE", "prospect-notes/{deleted}?seat={active}", None, 409, "was deleted"),
        ("GET", "prospect-notes/999999", None, 404, "999999"),
        ("GET", "prospect-notes", None, 400, "contract"),
        ("POST", "prospect-notes/generate", {"contract": CONTRACT, "count": 0}, 400, "positive"),
        ("POST", "prospect-notes/generate", {"contract": CONTRACT, "count": 100_001}, 400, "at most"),
        ("POST", "prospect-notes/generate", {"contract": CONTRACT, "count": 1, "since": 5, "until": 5}, 400, "span"),
        ("POST", "prospect-notes/generate", {"contract": CONTRACT, "count": 2, "total": 1}, 400, "some of"),
        ("POST", "prospect-notes/generate", {"contract": "99", "count": 1}, 400, "seat"),
    ],
)  # fmt: skip
def test_what_cannot_be_done(sandbox: Sandbox, verb: str, path: str, body: Any, status: int, said: str):
    recruiters, other = Recruiters(sandbox), Recruiters(sandbox, "urn:li:contract:88")
    deleted = recruiters.write()
    recruiters.delete(deleted.id)
    values = {
        "person": recruiters.prospect,
        "active": recruiters.seats[0],
        "parked": recruiters.seat("4711", SeatState.PARKED),
        "foreign": other.seats[0],
        "note": recruiters.write().id,
        "deleted": deleted.id,
    }
    before = len(events(sandbox))
    sent = {name: each.format(**values) if isinstance(each, str) else each for name, each in (body or {}).items()}
    answer = sandbox.control(verb, f"/control/{path.format(**values)}", sent if body else b"")
    assert answer.status == status, answer.body
    assert said in answer.json["message"]
    assert len(events(sandbox)) == before


def test_a_deletion_and_its_event_are_one(each_sandbox: Sandbox):
    recruiters = Recruiters(each_sandbox)
    note = recruiters.write()

    def broken(tx: Transaction) -> None:
        delete_note(tx, each_sandbox.stores, note.id, recruiters.seats[0], NOON)
        raise OnboardingError("something else fails in this transaction")

    with pytest.raises(OnboardingError):
        each_sandbox.database.write_now(broken)
    assert events(each_sandbox) == []
    (element,) = find(each_sandbox.caller(contract=CONTRACT)).json["elements"]
    assert element["active"] is True
    recruiters.delete(note.id)
    assert len(events(each_sandbox)) == 1
