"""Pages of prospect notes against a model, over long walks while notes move, and what a page costs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hirewire.db import Database, Statement, Transaction, open_database
from hirewire.platform.prospect_notes import Harvest, NoteDraft, NoteWindow, ProspectNotes, StoredNote
from hirewire.platform.stores import Stores
from hirewire.values.time import Millis
from tests.platform.recruiters import CONTRACT, Recruiters, find, ids, next_of
from tests.platform.sandbox import NOON, Sandbox

# -- a list of notes is the model


@dataclass
class Model:
    """Notes in memory and in a database, written alike."""

    database: Database
    notes: ProspectNotes
    stored: list[StoredNote]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Model]:
    """One window full of notes, crowded on few moments, of few owners, on two contracts."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('pages')}/pages.db"
    else:
        servers = request.getfixturevalue("postgres_databases")
        url = servers.take()
        request.addfinalizer(lambda: servers.give_back(url))
    database = open_database(url)
    notes = Stores.of(database, journal_rows=3).prospect_notes
    dice = random.Random(20)

    def write(tx: Transaction) -> list[StoredNote]:
        made = []
        for number in range(120):
            draft = NoteDraft(dice.choice((1, 1, 1, 2)), dice.randrange(4), "p", f"note {number}")
            moment = Millis(dice.randrange(12))
            made.append(StoredNote(notes.add(tx, draft, moment), *_values(draft), moment, moment))
        for note in dice.sample(made, 40):
            moved = replace(
                note, active=dice.random() < 0.5, last_modified=Millis(note.last_modified + dice.randrange(9))
            )
            notes.save(tx, moved)
            made[made.index(note)] = moved
        return made

    yield Model(database, notes, database.write_now(write))
    database.close()


def _values(draft: NoteDraft) -> tuple[int, int, str, bool, str]:
    return draft.contract, draft.owner, draft.person, True, draft.text


moments = st.one_of(st.integers(-2, 22), st.sampled_from([-(2**63), 2**63 - 1]))
windows = st.builds(
    NoteWindow,
    st.sampled_from([1, 2, 3]),
    moments,
    moments,
    st.one_of(st.none(), st.lists(st.sampled_from([0, 1, 2, 3, 9, 2**62]), min_size=1, max_size=5).map(tuple)),
)


@given(windows, st.integers(0, 130), st.integers(1, 100), st.integers(1, 150))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_page_is_what_a_list_would_give(model: Model, window: NoteWindow, start: int, count: int, most: int):
    wanted = sorted(
        (
            note
            for note in model.stored
            if note.contract == window.contract
            and window.after < note.last_modified <= window.before
            and (window.owners is None or note.owner in window.owners)
        ),
        key=lambda note: note.place,
    )

    def look(tx: Transaction) -> tuple[list[StoredNote], int]:
        place = window.beginning if not start else model.notes.place_at(tx, window, start - 1)
        page = [] if place is None else model.notes.page(tx, window, place, count)
        return page, model.notes.count(tx, window, most)

    assert model.database.read_now(look) == (wanted[start : start + count], min(most, len(wanted)))


# -- long walks


def harvest(recruiters: Recruiters, count: int, since: int, until: int) -> None:
    sandbox, owners = recruiters.sandbox, [int(seat) for seat in recruiters.seats]
    for first in range(0, count, 100_000):
        last = min(first + 99_999, count - 1)
        wanted = Harvest(1234567, owners, [recruiters.prospect], 3, since, until, count, first, last)
        sandbox.database.write_now(partial(sandbox.stores.prospect_notes.harvest, wanted=wanted))


@pytest.mark.parametrize("count", [10_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_a_walk_along_next_misses_nothing_that_stayed(each_sandbox: Sandbox, count: int):
    recruiters, dice = Recruiters(each_sandbox), random.Random(7)
    # Some hundred notes a millisecond, so that pages end in the middle of one.
    harvest(recruiters, count, NOON - count // 200, NOON)
    caller = each_sandbox.caller(contract=CONTRACT)
    window = f"cutoffDate={NOON - count}&beforeDate={NOON - 1}&count=100"
    answer = find(caller, window)
    first_id = ids(answer)[0]
    found = ids(answer)
    moved: set[int] = set()
    while (href := next_of(answer)) is not None and answer.json["elements"]:
        for _ in range(2):
            note = first_id + dice.randrange(count)
            if note not in moved:
                moved.add(note)
                (recruiters.edit if dice.random() < 0.5 else recruiters.delete)(note)
        answer = caller.send("GET", href)
        found += ids(answer)
    assert len(found) == len(set(found))
    assert set(range(first_id, first_id + count)) - moved <= set(found)
    assert len(moved) > count // 100


# -- what a page costs


@pytest.fixture
def crowded(each_sandbox: Sandbox) -> Recruiters:
    """A window whose second half is one millisecond."""
    recruiters = Recruiters(each_sandbox, seats=5)
    harvest(recruiters, 15_000, NOON - 20_000, NOON - 5_000)
    harvest(recruiters, 15_000, NOON - 4_000, NOON - 3_999)
    harvest(recruiters, 5_000, NOON, NOON + 1_000)
    # As PostgreSQL does by itself, a minute after a table has changed much. Until then it takes a contract for small.
    each_sandbox.database.write_now(lambda tx: tx.execute(Statement("analyze", "ANALYZE platform_prospect_note")))
    return recruiters


@pytest.mark.parametrize("owners", [None, 2], ids=["everybody", "two owners"])
def test_a_page_visits_as_many_rows_wherever_it_is(crowded: Recruiters, owners: int | None):
    sandbox = crowded.sandbox
    notes = sandbox.stores.prospect_notes
    named = None if owners is None else tuple(int(seat) for seat in crowded.seats[:owners])
    window = NoteWindow(1234567, NOON - 30_000, NOON - 1, named)

    def look(tx: Transaction) -> list[int]:
        held = notes.count(tx, window, 10**6)
        visits = []
        for start in (1, held // 4, held // 2, held * 3 // 4, held - 50):
            place = notes.place_at(tx, window, start - 1)
            assert place is not None
            visits.append(_cost(tx, sandbox.stores, window, place))
        return visits

    costs = sandbox.database.read_now(look)
    assert max(costs) <= 1_000, costs


def _cost(tx: Transaction, stores: Stores, window: NoteWindow, place: tuple[int, int]) -> int:
    """The rows one page makes a database touch: counted by PostgreSQL; on SQLite, what its plan seeks, bounds and limits."""
    name = "list_prospect_notes" if window.owners is None else "list_prospect_notes_of_owners"
    sql = stores.statements[name].sql
    params: dict[str, object] = {
        "contract": window.contract,
        "after": place[0],
        "after_id": place[1],
        "before": window.before,
        "count": 100,
    }
    if window.owners is not None:
        params["owners"] = str(list(window.owners))
    if tx.dialect == "sqlite":
        plan = [row[3] for row in tx.rows(Statement("explain", f"EXPLAIN QUERY PLAN {sql}"), params)]
        index = "platform_prospect_note_contract" if window.owners is None else "platform_prospect_note_owner"
        seeks = [step for step in plan if index in step]
        assert [step.partition("last_modified")[2] for step in seeks] == ["=? AND id>?)", ">? AND last_modified<?)"]
        assert not any(step.startswith("SCAN platform_") for step in plan)
        return 100 * len(seeks) * len(window.owners or (0,))
    (plan,) = tx.one(Statement("explain", f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}"), params) or (None,)
    return _visited(plan[0]["Plan"])


def _visited(plan: dict) -> int:
    """Rows that the scans of a plan gave or threw away."""
    own = 0
    if "Scan" in plan["Node Type"] and "platform_prospect_note" in str(plan.get("Relation Name")):
        own = plan["Actual Loops"] * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0))
    return int(own) + sum(map(_visited, plan.get("Plans", ())))
