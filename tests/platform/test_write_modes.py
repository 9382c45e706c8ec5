"""Decision G-16: which of two writes wins, in each mode, on both databases; deletes in order of arrival in all of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hirewire.catalog.application_notes import APPLICATION_NOTES, ApplicationNote, ApplicationNoteKey
from hirewire.db import Database, Transaction, open_database
from hirewire.platform.control import notes_range
from hirewire.platform.rules import Rules, WriteMode
from hirewire.platform.stores import Stores
from tests.platform.sandbox import NOON, ORGANIZATION, OTHER_ORGANIZATION, Caller, Sandbox, rest_key

OLDER, NEWER = {"externalLastModifiedAt": NOON - 2_000}, {"externalLastModifiedAt": NOON - 1_000}


def texts(caller: Caller) -> dict[str, str]:
    return {note["note_id"]: note["note"] for note in caller.sandbox.notes()}


def test_newest_keeps_the_newer_note_and_says_done(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    caller.put({"id": "n", "note": "newer", **NEWER})
    answer = caller.put({"id": "n", "note": "older", **OLDER}, {"id": "m", "note": "other"})
    assert answer.json == {"results": {rest_key("app", id): {"status": 204} for id in ("n", "m")}, "errors": {}}
    assert texts(caller) == {"n": "newer", "m": "other"}
    entry = each_sandbox.journal(count=1)[0]
    assert (entry.stale, entry.stale_keys, entry.failed, entry.records) == (1, (rest_key("app", "n"),), 0, 2)


def test_newest_lets_the_later_arrival_of_equals_win(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    caller.put({"id": "n", "note": "first", **NEWER})
    caller.put({"id": "n", "note": "second", **NEWER})
    assert texts(caller) == {"n": "second"}


def test_arrival_lets_every_later_arrival_win(each_sandbox: Sandbox):
    caller = each_sandbox.caller(rules=Rules(write_mode=WriteMode.ARRIVAL))
    caller.put({"id": "n", "note": "newer", **NEWER})
    caller.put({"id": "n", "note": "older", **OLDER})
    assert texts(caller) == {"n": "older"}


def test_strict_refuses_the_older_note_alone(each_sandbox: Sandbox):
    caller = each_sandbox.caller(rules=Rules(write_mode=WriteMode.STRICT))
    caller.put({"id": "n", "note": "newer", **NEWER})
    answer = caller.put({"id": "n", "note": "older", **OLDER}, {"id": "m", "note": "other"}).json
    assert answer["results"] == {rest_key("app", "m"): {"status": 204}}
    assert {key: (error["status"], error["code"]) for key, error in answer["errors"].items()} == {
        rest_key("app", "n"): (409, "CONFLICT")
    }
    assert texts(caller) == {"n": "newer", "m": "other"}
    assert each_sandbox.journal(count=1)[0].failed == 1
    assert caller.put({"id": "n", "note": "equal", **NEWER}).json["errors"] == {}


@pytest.mark.parametrize("mode", WriteMode)
def test_v2_writes_are_compared_with_nothing_and_replace_everything(sandbox: Sandbox, mode: WriteMode):
    caller = sandbox.caller(rules=Rules(write_mode=mode))
    caller.put({"id": "n", "note": "rest", **NEWER})
    caller.put_v2({"id": "n", "note": "v2", "atsCreatedAt": 5})
    (note,) = sandbox.notes()
    assert "last_modified_at" not in note and "author" not in note
    assert (note["note"], note["created_at"]) == ("v2", 5)
    caller.put_v2({"id": "n"})
    (note,) = sandbox.notes()
    assert "created_at" not in note and "note" not in note
    caller.put({"id": "n", "note": "older rest", **OLDER})
    assert texts(caller) == {"n": "older rest"}


@pytest.mark.parametrize("mode", WriteMode)
def test_a_delete_leaves_no_tombstone(sandbox: Sandbox, mode: WriteMode):
    caller = sandbox.caller(rules=Rules(write_mode=mode))
    caller.put({"id": "n", **NEWER})
    assert caller.delete("n").json["errors"] == {}
    assert sandbox.notes() == []
    caller.put({"id": "n", "note": "older", **OLDER})
    assert texts(caller) == {"n": "older"}


def test_modified_before_created_is_accepted(sandbox: Sandbox):
    answer = sandbox.caller().put({"id": "n", "externalCreatedAt": NOON, "externalLastModifiedAt": 1})
    assert answer.json["errors"] == {}


# -- the store against a dict

KEYS = st.builds(
    ApplicationNoteKey,
    st.sampled_from([ORGANIZATION, OTHER_ORGANIZATION]),
    st.sampled_from(["a", "a,b", 'a"]', "ä", "\U0001f600", "["]),
    st.sampled_from(["1", "2", ",", '"', "\\"]),
)
NOTES = st.builds(ApplicationNote, note=st.text(max_size=3), last_modified_at=st.none() | st.integers(1, 4))
PUTS = st.tuples(st.just("put"), st.sampled_from(WriteMode), st.dictionaries(KEYS, NOTES, max_size=6))
DELETES = st.tuples(st.just("delete"), st.none(), st.sets(KEYS, max_size=4))
RANGES = st.tuples(st.just("delete_range"), st.none(), KEYS)

Model = dict[ApplicationNoteKey, ApplicationNote]


def put(model: Model, mode: WriteMode, notes: Mapping[ApplicationNoteKey, ApplicationNote]) -> set[Any]:
    """What a put does, said plainly; the keys that stay as they are."""
    older = {
        key
        for key, note in notes.items()
        if mode is not WriteMode.ARRIVAL
        and key in model
        and note.last_modified_at is not None
        and (model[key].last_modified_at or 0) > note.last_modified_at
    }
    model.update({key: note for key, note in notes.items() if key not in older})
    return older


def perform(stores: Stores, tx: Transaction, model: Model, step: Any) -> None:
    verb, mode, argument = step
    match verb:
        case "put":
            assert set(stores.records.put(tx, APPLICATION_NOTES, argument, mode, NOON)) == put(model, mode, argument)
        case "delete":
            missing = set(stores.records.delete(tx, APPLICATION_NOTES, argument))
            assert missing == argument - model.keys()
            for key in argument - missing:
                del model[key]
        case "delete_range":
            gone = [key for key in model if key[:2] == argument[:2]]
            assert stores.records.delete_range(tx, notes_range(*argument[:2])) == len(gone)
            for key in gone:
                del model[key]


class Undo(Exception):
    """The end of an example: the database is as it was."""


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def module_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database for all examples of a property, which leave nothing behind."""
    with contextlib.ExitStack() as closing:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('modes')}/test.db"
        else:
            postgres = request.getfixturevalue("postgres_databases")
            url = postgres.take()
            closing.callback(postgres.give_back, url)
        database = open_database(url)
        closing.callback(database.close)
        yield database


@given(steps=st.lists(PUTS | DELETES | RANGES, max_size=12))
@settings(max_examples=60)
def test_the_store_behaves_like_a_dict(module_database: Database, steps: list[Any]):
    stores = Stores.of(module_database, journal_rows=10)
    model: Model = {}

    def example(tx: Transaction) -> None:
        for step in steps:
            perform(stores, tx, model, step)
        for tenant in (ORGANIZATION, OTHER_ORGANIZATION):
            stored = list(stores.records.each(tx, notes_range(tenant, None)))
            expected = {key: note for key, note in model.items() if key.integration_context == tenant}
            assert {record.key: record.version for record in stored} == {
                key: note.last_modified_at for key, note in expected.items()
            }
        raise Undo

    with pytest.raises(Undo):
        module_database.write_now(example)
