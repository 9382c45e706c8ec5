"""Every verb of every store on both databases; a statement nobody exercises here is a gap."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from hirewire.catalog.application_notes import APPLICATION_NOTES, ApplicationNote, ApplicationNoteKey
from hirewire.catalog.call import Entity, Key
from hirewire.db import Database, SchemaTooNew, Statement, Statements, Transaction
from hirewire.platform.applications import Draft, Kind, Profile, State
from hirewire.platform.control import notes_range
from hirewire.platform.journal import Entry, Filter
from hirewire.platform.quota import Usage
from hirewire.platform.rules import LimitRules, Rules, WriteMode
from hirewire.platform.stores import STAMP_TABLE, Stores
from hirewire.platform.tokens import FORGOTTEN_AFTER_MS, Standing
from tests.platform import exercises_applicants, exercises_prospects, exercises_push
from tests.platform.sandbox import NOON, ORGANIZATION, milliseconds

NASTY = ["", " ", "a", "\x7f", "'\"\\", "[,]", "é", "\U0001f600", "\u2028", "x" * 512, "%00", "-", ",", "~"]


class Watched(Statements):
    """Statements that remember which of them were asked for."""

    def __init__(self, statements: Statements) -> None:
        super().__init__("watched", dict(statements))
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> Statement:
        self.used.add(name)
        return super().__getitem__(name)


@pytest.fixture
def stores(database: Database) -> Iterator[Stores]:
    yield Stores.of(database, journal_rows=3)


def draft(client_id: str, **more: object) -> Draft:
    return Draft(client_id, "scrypt$4$00$00", Kind.CUSTOMER, Profile("Name \0 \U0001f600"), **more)  # type: ignore[arg-type]  # fields of Draft


def exercise_applications(tx: Transaction, stores: Stores) -> None:
    applications = stores.applications
    before = applications.change_count(tx)
    parent = applications.add(tx, draft("parent"), NOON)
    assert parent is not None and applications.add(tx, draft("parent"), NOON) is None
    child = applications.add(tx, draft("child", parent="parent", unique_foreign_id="\0'"), NOON)
    assert child is not None and child.number != parent.number
    assert applications.add(tx, draft("second", parent="parent", unique_foreign_id="\0'"), NOON) is None
    assert applications.find_child(tx, "parent", "\0'") == child == applications.find_by_number(tx, child.number)
    assert applications.find(tx, "nobody") is None
    assert [each.client_id for each in applications.each(tx)] == ["parent", "child"]
    for _ in range(2):
        applications.bind(tx, "child", ORGANIZATION)
    rules = Rules(write_mode=WriteMode.STRICT, limits={"application_notes": LimitRules(requests_per_day=2**62)})
    applications.set_rules(tx, "child", rules)
    applications.set_profile(tx, "child", Profile("Other", js_domains=("https://a",)))
    applications.set_secret(tx, "child", "scrypt$4$11$11")
    applications.set_state(tx, "child", State.BLOCKED)
    assert applications.change_count(tx) == before + 8
    found = applications.find(tx, "child")
    assert found is not None
    assert (found.rules, found.profile.name, found.state) == (rules, "Other", State.BLOCKED)
    assert (found.secret_digest, found.created_at) == ("scrypt$4$11$11", NOON)
    assert found.contexts == {ORGANIZATION}


def exercise_tokens(tx: Transaction, stores: Stores) -> None:
    tokens, client_id = stores.tokens, "child"
    stores.applications.set_state(tx, client_id, State.ACTIVE)
    tokens.add(tx, b"\x00\xff1", client_id, NOON, milliseconds(1_000))
    grant = tokens.find(tx, b"\x00\xff1")
    assert grant is not None and tokens.find(tx, b"\x00\xff") is None
    assert [grant.standing(milliseconds(at)) for at in (0, 999, 1_000)] == [
        *(Standing.ACTIVE, Standing.ACTIVE),
        Standing.EXPIRED,
    ]
    tokens.add(tx, b"2", client_id, NOON, milliseconds(9_000))
    assert tokens.revoke_all(tx, client_id, milliseconds(5_000)) == 2
    revoked = tokens.find(tx, b"2")
    assert revoked is not None and revoked.standing(NOON) is Standing.REVOKED
    assert revoked.change_count > grant.change_count
    tokens.add(tx, b"3", client_id, milliseconds(1_001 + FORGOTTEN_AFTER_MS), milliseconds(10**9))
    assert tokens.find(tx, b"\x00\xff1") is None


def exercise_records(tx: Transaction, stores: Stores) -> None:
    records = stores.records
    notes: dict[Key, Entity] = {
        ApplicationNoteKey(ORGANIZATION, app, id): ApplicationNote(note="\0\U0001f600" + id, last_modified_at=5)
        for app in NASTY
        for id in NASTY
    }
    for mode in WriteMode:
        assert records.put(tx, APPLICATION_NOTES, notes, mode, NOON) == []
    assert {record.key for record in records.each(tx, notes_range(ORGANIZATION, None))} == notes.keys()
    texts = [record.body for record in records.each(tx, notes_range(ORGANIZATION, None))]
    assert len(texts) == len(notes) == len(NASTY) ** 2
    for app in NASTY[1:]:
        found = list(records.each(tx, notes_range(ORGANIZATION, app)))
        assert {record.key for record in found} == {key for key in notes if key[1] == app}
    older: dict[Key, Entity] = {key: ApplicationNote(last_modified_at=4) for key in list(notes)[:3]}
    assert records.put(tx, APPLICATION_NOTES, older, WriteMode.NEWEST, NOON) == list(older)
    absent = ApplicationNoteKey(ORGANIZATION, "a", "never")
    assert records.delete(tx, APPLICATION_NOTES, [*older, absent]) == [absent]
    assert records.delete_range(tx, notes_range(ORGANIZATION, "[,]")) == len(NASTY)
    assert records.delete_range(tx, notes_range(ORGANIZATION, "[,]")) == 0
    everything = list(records.each(tx, notes_range(ORGANIZATION, None)))
    assert len(everything) == len(notes) - 3 - len(NASTY)
    after = notes_range(ORGANIZATION, None).after(everything[9].key)
    assert [record.key for record in records.each(tx, after)] == [record.key for record in everything[10:]]


def exercise_usages(tx: Transaction, stores: Stores) -> None:
    usages = stores.usages
    assert usages.lock(tx, "child", "application_notes") == Usage()
    counted = Usage(day=20_000, requests=2**40, minute=30_000_000, records=7)
    usages.save(tx, "child", "application_notes", counted)
    assert usages.lock(tx, "child", "application_notes") == counted
    assert usages.of(tx, "child") == {"application_notes": counted}


def exercise_journal(tx: Transaction, stores: Stores) -> None:
    for number in range(7):
        stale = tuple(f"k{each}" for each in range(number))
        entry = Entry(
            NOON, f"r{number}", "child" if number % 2 else None, "PUT", "/x?\0ä", 200 + 100 * (number % 3), number,
            records=number, stale=number, stale_keys=stale, request=b"\x00\xff", code="CODE",
        )  # fmt: skip
        stores.journal.add(tx, entry)
    ids = [number for number, _ in stores.journal.each(tx, Filter())]
    assert ids == sorted(ids, reverse=True) and 3 <= len(ids) <= 6
    (one,) = (entry for _, entry in stores.journal.each(tx, Filter(request_id="r5")))
    assert (one.target, one.stale_keys, one.request) == ("/x?%00ä", ("k0", "k1", "k2", "k3", "k4"), b"\x00\xff")
    failed = [entry.request_id for _, entry in stores.journal.each(tx, Filter(client_id="child", status_min=300))]
    assert failed == ["r5"]
    assert len(list(stores.journal.each(tx, Filter(before=ids[0], count=1)))) == 1


def exercise_nothing(tx: Transaction, stores: Stores) -> None:
    stores.ping(tx)


# In this order. A store that is added brings its exercise.
EXERCISES = (
    exercise_applications,
    exercise_tokens,
    exercise_records,
    exercise_usages,
    exercise_journal,
    exercise_nothing,
    *exercises_push.EXERCISES,
    *exercises_prospects.EXERCISES,
    *exercises_applicants.EXERCISES,
)


def test_every_verb_of_every_store(database: Database):
    watched = Watched(Stores.of(database, journal_rows=3).statements)
    stores = Stores.over(watched, journal_rows=3)
    for exercise in EXERCISES:
        database.write_now(partial(exercise, stores=stores))
    assert set(watched) - watched.used == set(), "statements no exercise uses"


def test_a_newer_schema_is_refused_with_a_sentence(database: Database, stores: Stores):
    newer = Statement("newer", f"UPDATE {STAMP_TABLE} SET version_num = '9999_from_the_future'")
    database.write_now(lambda tx: tx.execute(newer))
    with pytest.raises(SchemaTooNew, match="install a newer hirewire"):
        Stores.of(database, journal_rows=3)


def test_the_longest_key_fits(database: Database, stores: Stores):
    worst = '"' * 512
    key = ApplicationNoteKey("urn:li:organization:" + "9" * 19, worst, worst)
    put: dict[Key, Entity] = {key: ApplicationNote(note="x")}
    database.write_now(lambda tx: stores.records.put(tx, APPLICATION_NOTES, put, WriteMode.NEWEST, NOON))
    assert database.write_now(lambda tx: stores.records.delete(tx, APPLICATION_NOTES, [key])) == []
