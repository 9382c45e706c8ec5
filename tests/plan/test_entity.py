"""The life of an entity: a table of transitions, and a machine that plays source, connector and platform at random."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec import structs

from hirewire.plan.entity import (
    AT_ONCE,
    Added,
    Again,
    Closed,
    Done,
    Op,
    Park,
    Sent,
    Standing,
    State,
    Urgency,
    Verdict,
    Version,
    add,
    hold,
    refuse,
    reopen,
    send,
    settle,
    wire_time,
)
from hirewire.values.time import Millis

NOW = Millis(1_000)


def version(content: str, modified: int | None = 1, *, force: bool = False, fault: str | None = None) -> Version:
    moment = None if modified is None else Millis(modified)
    return Version(Op.UPSERT, moment, content.encode(), Urgency.LIVE, force, fault)


def after(*versions: Version) -> Standing:
    standing = None
    for each in versions:
        standing, _ = add(standing, each, NOW)
    assert standing is not None
    return standing


def flying(*versions: Version, batch: int = 7) -> tuple[Standing, Sent]:
    standing = send(after(*versions), batch, standing_time(after(*versions)))
    return standing, Sent(batch, standing.seq, standing.digest)


def standing_time(standing: Standing) -> Millis | None:
    return wire_time(standing, standing.src_modified)


def confirmed(*versions: Version) -> Standing:
    standing, sent = flying(*versions)
    return settle(standing, sent, Done())


# ---------------------------------------------------------------- what the source says


def test_an_older_version_that_comes_late_is_superseded():
    standing, added = add(after(version("b", 20)), version("a", 10), NOW)
    assert (added, standing.digest, standing.seq) == (Added.SUPERSEDED, b"b", 1)


def test_of_two_versions_of_one_moment_the_later_wins():
    standing, added = add(after(version("a", 10)), version("b", 10), NOW)
    assert (added, standing.digest, standing.seq) == (Added.QUEUED, b"b", 2)


def test_force_sends_what_is_older():
    standing, added = add(after(version("b", 20)), version("a", 10, force=True), NOW)
    assert (added, standing.digest, standing.src_modified) == (Added.QUEUED, b"a", 10)


def test_a_version_without_a_moment_is_newer_than_all():
    standing, added = add(after(version("b", 20)), version("a", None), NOW)
    assert (added, standing.digest, standing.src_modified) == (Added.QUEUED, b"a", 20)


def test_the_same_content_again_changes_only_its_moment():
    before = after(version("a", 10))
    standing, added = add(before, version("a", 30), NOW)
    assert added is Added.UNCHANGED
    assert standing == structs.replace(before, src_modified=Millis(30))
    assert add(standing, version("b", 20), NOW)[1] is Added.SUPERSEDED


def test_what_the_platform_has_is_not_sent_again():
    standing, added = add(confirmed(version("a", 10)), version("a", 20), NOW)
    assert (added, standing.state) == (Added.UNCHANGED, State.CLEAN)


def test_back_to_what_the_platform_has_needs_no_sending():
    edited, _ = add(confirmed(version("a", 10)), version("b", 20), NOW)
    standing, added = add(edited, version("a", 30), NOW)
    assert (added, standing.state, standing.acked_seq) == (Added.UNCHANGED, State.CLEAN, 3)


def test_back_to_what_was_confirmed_is_sent_when_something_else_may_have_arrived_since():
    edited, _ = add(confirmed(version("a", 10)), version("b", 20), NOW)
    unknown = settle(send(edited, 8, Millis(20)), Sent(8, edited.seq, edited.digest), Closed(Millis(5_000), "lost"))
    standing, added = add(unknown, version("a", 30), NOW)
    assert (added, standing.state, standing.next_at) == (Added.QUEUED, State.DIRTY, 5_000)


def test_force_sends_what_the_platform_has():
    standing, added = add(confirmed(version("a", 10)), version("a", 10, force=True), NOW)
    assert (added, standing.state) == (Added.QUEUED, State.DIRTY)


def test_a_faulty_version_is_parked_and_a_sound_one_gets_it_going():
    parked, added = add(None, version("bad", 1, fault="no text"), NOW)
    assert (added, parked.state, parked.reason) == (Added.PARKED, State.PARKED, "no text")
    mended, added = add(parked, version("good", 2), NOW)
    assert (added, mended.state, mended.reason) == (Added.QUEUED, State.DIRTY, None)
    again, added = add(mended, version("bad", 3, fault="no text"), NOW)
    assert (added, again.state) == (Added.PARKED, State.PARKED)


def test_a_faulty_version_behind_one_in_flight_is_parked_when_that_one_is_done():
    standing, sent = flying(version("a"))
    standing, added = add(standing, version("bad", 2, fault="no text"), NOW)
    assert (added, standing.state) == (Added.QUEUED, State.INFLIGHT)
    assert settle(standing, sent, Done()).state is State.PARKED


def test_live_goes_before_backfill_while_both_wait():
    backfill = replace(version("a"), urgency=Urgency.BACKFILL)
    standing = after(backfill, version("b", 2))
    assert standing.urgency is Urgency.LIVE
    assert after(version("a"), replace(version("b", 2), urgency=Urgency.BACKFILL)).urgency is Urgency.LIVE
    # What was live once is not live for ever.
    assert (
        add(confirmed(version("a")), replace(version("b", 2), urgency=Urgency.BACKFILL), NOW)[0].urgency
        is Urgency.BACKFILL
    )


def test_it_has_been_waiting_since_the_first_unsent_version():
    first, _ = add(None, version("a", 1), Millis(100))
    second, _ = add(first, version("b", 2), Millis(200))
    assert second.first_dirty_at == 100
    behind, _ = add(send(second, 1, Millis(2)), version("c", 3), Millis(300))
    assert behind.first_dirty_at == 300


# ---------------------------------------------------------------- what an answer makes of it

AGAIN = Again(Millis(9_000), "busy")
CLOSED = Closed(Millis(9_000), "lost")
PARK = Park("blank")


@pytest.mark.parametrize(
    ("verdict", "state", "next_at", "reason"),
    [
        (Done(), State.CLEAN, None, None),
        (AGAIN, State.DIRTY, 9_000, "busy"),
        (CLOSED, State.DIRTY, 9_000, "lost"),
        (PARK, State.PARKED, None, "blank"),
    ],
)
def test_the_answer_to_the_newest_version(verdict: Verdict, state: State, next_at: int | None, reason: str | None):
    standing, sent = flying(version("a"))
    settled = settle(standing, sent, verdict)
    assert (settled.state, settled.reason) == (state, reason)
    assert next_at is None or settled.next_at == next_at


@pytest.mark.parametrize(
    ("verdict", "next_at"), [(Done(), AT_ONCE), (AGAIN, AT_ONCE), (PARK, AT_ONCE), (CLOSED, 9_000)]
)
def test_a_newer_version_gets_its_own_chance_at_once_unless_the_older_may_still_arrive(verdict: Verdict, next_at: int):
    standing, sent = flying(version("a"))
    standing, _ = add(standing, version("b", 2), NOW)
    settled = settle(standing, sent, verdict)
    assert (settled.state, settled.next_at, settled.attempts) == (State.DIRTY, next_at, 0)


def test_back_to_what_is_in_flight_is_done_when_that_is_done():
    standing, sent = flying(version("a"))
    standing, _ = add(standing, version("b", 2), NOW)
    standing, _ = add(standing, version("a", 3), NOW)
    settled = settle(standing, sent, Done())
    assert (settled.state, settled.acked_seq) == (State.CLEAN, 3)


def test_a_newer_version_may_not_overtake_one_of_unknown_fate():
    standing, sent = flying(version("a"))
    closed = settle(standing, sent, CLOSED)
    newer, _ = add(closed, version("b", 2), NOW)
    assert newer.next_at == 9_000


@pytest.mark.parametrize("verdict", [AGAIN, CLOSED, PARK])
def test_a_decision_about_a_batch_that_no_longer_holds_it_counts_for_nothing(verdict: Verdict):
    standing, sent = flying(version("a"))
    assert settle(standing, replace(sent, batch_id=6), verdict) == standing


def test_a_late_fact_counts_whoever_brings_it():
    standing, sent = flying(version("a"))
    closed = settle(standing, sent, CLOSED)
    assert settle(closed, sent, Done()).state is State.CLEAN


def test_a_late_fact_about_an_older_version_changes_no_newer_one():
    standing, sent = flying(version("a"))
    closed, _ = add(settle(standing, sent, CLOSED), version("b", 2), NOW)
    late = settle(closed, sent, Done())
    assert (late.state, late.acked_seq) == (State.DIRTY, 1)
    again = settle(late, sent, Done())
    assert again == late


def test_a_late_fact_takes_nothing_back():
    first, sent = flying(version("a"))
    edited, _ = add(settle(first, sent, Done()), version("b", 2), NOW)
    newer = settle(send(edited, 8, Millis(2)), Sent(8, 2, b"b"), Done())
    assert settle(newer, sent, Done()) == newer


def test_a_late_fact_does_not_end_another_flight():
    standing, sent = flying(version("a"))
    again = send(settle(standing, sent, CLOSED), 8, Millis(1))
    late = settle(again, sent, Done())
    assert (late.state, late.batch_id, late.acked_seq) == (State.INFLIGHT, 8, 1)


def test_attempts_are_counted_only_where_the_record_may_be_at_fault():
    standing, sent = flying(version("a"))
    assert settle(standing, sent, AGAIN).attempts == 1
    assert settle(standing, sent, replace(AGAIN, is_counted=False)).attempts == 0


def test_a_chunk_stays_until_the_record_got_through():
    standing, sent = flying(version("a"))
    narrowed = settle(standing, sent, replace(AGAIN, chunk=50))
    assert narrowed.chunk == 50
    flies = send(narrowed, 8, Millis(1))
    assert settle(flies, replace(sent, batch_id=8), AGAIN).chunk == 50
    assert settle(flies, replace(sent, batch_id=8), Done()).chunk is None


# ---------------------------------------------------------------- times on the wire, people


def test_times_on_the_wire_only_grow_and_a_repeated_version_repeats_its_time():
    first = after(version("a", 50))
    assert wire_time(first, Millis(50)) == 50
    sent = settle(send(first, 1, Millis(50)), Sent(1, 1, b"a"), AGAIN)
    assert wire_time(sent, Millis(50)) == 50
    edited, _ = add(sent, version("b", 50), NOW)
    assert wire_time(edited, Millis(50)) == 51
    assert wire_time(edited, Millis(90)) == 90
    assert wire_time(edited, None) is None


def test_a_delete_keeps_the_time_last_sent():
    edited, _ = add(confirmed(version("a", 50)), Version(Op.DELETE, Millis(60), b""), NOW)
    deleted = send(edited, 2, None)
    assert deleted.sent_modified == 50


def test_refused_and_held_before_sending_only_while_it_is_the_same_version():
    standing = after(version("a"))
    assert refuse(standing, 1, "blank").state is State.PARKED
    assert hold(standing, 1, Millis(5_000), "not yet").next_at == 5_000
    newer, _ = add(standing, version("b", 2), NOW)
    assert refuse(newer, 1, "blank") == newer
    assert hold(newer, 1, Millis(5_000), "not yet") == newer


def test_a_person_reopens_what_is_parked_and_nothing_else():
    parked = refuse(after(version("a")), 1, "blank")
    assert reopen(parked).state is State.DIRTY
    standing = after(version("a"))
    assert reopen(standing) == standing


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 5)), min_size=1))
def test_whatever_the_order_of_arrival_the_greatest_moment_wins(arrivals):
    standing = after(*(version(content, modified) for content, modified in arrivals))
    newest = max(range(len(arrivals)), key=lambda index: (arrivals[index][1], index))
    assert standing.digest == arrivals[newest][0].encode()
    assert standing.src_modified == arrivals[newest][1]


# ---------------------------------------------------------------- everything at random

_QUARANTINE = 50


@dataclass
class Flight:
    """A version on the wire, and until when it may still arrive."""

    sent: Sent
    modified: Millis
    arrives_before: int
    applied: bool = False


@dataclass
class Lives:
    """What the platform got: content, and the times it saw in order."""

    content: bytes | None = None
    times: list[tuple[int, Millis]] = field(default_factory=list)


class EntityMachine(RuleBasedStateMachine):
    """One entity, its source, and a platform that applies whatever arrives last."""

    def __init__(self) -> None:
        super().__init__()
        self.now = Millis(1_000)
        self.standing: Standing | None = None
        self.newest: tuple[int, int, bytes] | None = None
        self.count = 0
        self.batches = 0
        self.in_flight: Flight | None = None
        self.stray: list[Flight] = []
        self.past: list[Sent] = []
        self.confirmed = 0
        self.platform = Lives()

    @rule(
        content=st.sampled_from("ab"),
        modified=st.sampled_from([None, None, None, 1, 3]),
        force=st.sampled_from([False, False, False, True]),
    )
    def source_commits(self, content: str, modified: int | None, force: bool) -> None:
        self.count += 1
        stated = (self.newest[0] if self.newest else 0) if modified is None else modified
        given = version(content, modified, force=force)
        self.standing, _ = add(self.standing, given, self.now)
        if self.newest is None or force or stated >= self.newest[0]:
            self.newest = (stated, self.count, content.encode())

    @precondition(lambda self: self.standing and self.standing.state is State.DIRTY and self.in_flight is None)
    @rule()
    def connector_sends(self) -> None:
        assert self.standing
        if self.standing.next_at > self.now:
            return
        self.batches += 1
        modified = wire_time(self.standing, self.standing.src_modified)
        assert modified is not None
        self.standing = send(self.standing, self.batches, modified)
        sent = Sent(self.batches, self.standing.seq, self.standing.digest)
        self.in_flight = Flight(sent, modified, self.now + _QUARANTINE)

    def _apply(self, flight: Flight) -> None:
        flight.applied = True
        self.platform.content = flight.sent.digest
        self.platform.times.append((flight.sent.seq, flight.modified))

    @precondition(lambda self: self.in_flight is not None)
    @rule()
    def platform_takes_it_and_says_so(self) -> None:
        assert self.in_flight and self.standing
        self._apply(self.in_flight)
        self.standing = settle(self.standing, self.in_flight.sent, Done())
        self.in_flight = None

    @precondition(lambda self: self.in_flight is not None)
    @rule(pause=st.integers(0, 5))
    def platform_is_busy(self, pause: int) -> None:
        assert self.in_flight and self.standing
        self.standing = settle(self.standing, self.in_flight.sent, Again(Millis(self.now + pause), "busy"))
        self.in_flight = None

    @precondition(lambda self: self.in_flight is not None)
    @rule()
    def platform_refuses_it(self) -> None:
        assert self.in_flight and self.standing
        self.standing = settle(self.standing, self.in_flight.sent, Park("no"))
        self.in_flight = None

    @precondition(lambda self: self.in_flight is not None)
    @rule()
    def the_answer_is_lost(self) -> None:
        assert self.in_flight and self.standing
        until = Millis(self.in_flight.arrives_before)
        self.standing = settle(self.standing, self.in_flight.sent, Closed(until, "lost"))
        self.stray.append(self.in_flight)
        self.past.append(self.in_flight.sent)
        self.in_flight = None

    # Several steps in one: at random, the long ways are hardly ever gone to their end.
    @precondition(lambda self: self.in_flight is None)
    @rule(content=st.sampled_from("ab"), fate=st.sampled_from(["taken", "lost", "lost and arrives"]))
    def a_version_goes_its_way(self, content: str, fate: str) -> None:
        assert self.in_flight is None
        self.source_commits(content, None, force=False)
        assert self.standing
        if self.standing.state is not State.DIRTY or self.standing.next_at > self.now:
            return
        self.connector_sends()
        if fate == "taken":
            self.platform_takes_it_and_says_so()
            return
        self.the_answer_is_lost()
        if fate == "lost and arrives":
            self.a_stray_request_arrives(tells=False)

    @precondition(lambda self: self.past)
    @rule(verdict=st.sampled_from([Park("no"), Again(Millis(9**9), "busy"), Closed(Millis(9**9), "lost")]))
    def a_zombie_decides(self, verdict: Verdict) -> None:
        assert self.standing
        before = self.standing
        self.standing = settle(before, self.past[-1], verdict)
        assert self.standing == before

    @precondition(lambda self: self.stray)
    @rule(tells=st.booleans())
    def a_stray_request_arrives(self, tells: bool) -> None:
        assert self.standing
        flight = self.stray.pop(0)
        if self.now >= flight.arrives_before:
            return
        self._apply(flight)
        if tells:  # a zombie reports the fact
            self.standing = settle(self.standing, flight.sent, Done())

    @rule(by=st.integers(1, 2 * _QUARANTINE))
    def time_passes(self, by: int) -> None:
        self.now = Millis(self.now + by)

    @precondition(lambda self: self.standing and self.standing.state is State.PARKED)
    @rule()
    def a_person_retries(self) -> None:
        assert self.standing
        self.standing = reopen(self.standing)

    @invariant()
    def the_newest_version_is_known(self) -> None:
        if self.standing and self.newest:
            assert (self.standing.src_modified, self.standing.digest) == (self.newest[0], self.newest[2])

    @invariant()
    def clean_means_that_the_platform_has_the_newest(self) -> None:
        if self.standing and self.standing.state is State.CLEAN:
            assert self.platform.content == self.standing.digest

    @invariant()
    def what_was_confirmed_stays_confirmed(self) -> None:
        if self.standing:
            assert self.standing.acked_seq >= self.confirmed
            self.confirmed = self.standing.acked_seq

    @invariant()
    def versions_on_the_platform_never_go_back(self) -> None:
        seqs = [seq for seq, _ in self.platform.times]
        assert seqs == sorted(seqs)

    @invariant()
    def times_on_the_wire_grow_with_the_versions(self) -> None:
        for (seq, modified), (later_seq, later) in zip(self.platform.times, self.platform.times[1:], strict=False):
            assert later > modified if later_seq > seq else later == modified

    def teardown(self) -> None:
        """Once faults stop, the platform ends with the newest version."""
        if self.standing is None or self.newest is None:
            return
        self.now = Millis(self.now + 10 * _QUARANTINE)
        if self.in_flight:
            self.platform_takes_it_and_says_so()
        self.standing = reopen(self.standing)
        for _ in range(3):
            if self.standing.state is State.DIRTY:
                self.connector_sends()
                self.platform_takes_it_and_says_so()
        assert self.standing.state is State.CLEAN
        assert self.platform.content == self.newest[2]


TestEntityMachine = EntityMachine.TestCase
TestEntityMachine.settings = settings(max_examples=150, stateful_step_count=25)
