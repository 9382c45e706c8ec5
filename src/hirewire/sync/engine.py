"""The connector's tick for one customer: load what is due, let `plan` decide, do it, record it, say when to wake.

Nothing is decided here. Every request is recorded as sent before it is sent, and reserved in the budgets in the same
transaction: a crash at any moment costs at most a request nobody made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hirewire.catalog.call import Outcome
from hirewire.db import Database, Transaction
from hirewire.plan.answers import Moment, Situation, judge, weigh
from hirewire.plan.entity import AT_ONCE, Done, Op, Sent, State, Urgency, Verdict, hold, refuse, send
from hirewire.plan.quota import (
    CLOCK_MARGIN_MS,
    DayBudget,
    MinuteWindow,
    day_begins,
    days_charged,
    next_request_at,
)
from hirewire.plan.selection import choose, shared
from hirewire.plan.skew import Skew
from hirewire.runtime.clock import Clock
from hirewire.runtime.logs import Log
from hirewire.sync.asking import Answered, Ask, Failed, ask_once
from hirewire.sync.cutting import Cut, Item, cut
from hirewire.sync.lanes import Lane
from hirewire.sync.route import Route
from hirewire.sync.settling import Ending, Settler
from hirewire.sync.store import DayUse, Hold, Move, Row, SentBatch, Store, Tale, as_due
from hirewire.values.time import SECOND_MS, Millis, utc_day

UNASKED_SHOWN = 5


@dataclass(slots=True)
class Pulse:
    """What the customers of one application share in memory: when the last request left, how far the clocks differ."""

    last_at: Millis | None = None
    skew: Skew = Skew()


@dataclass(frozen=True, slots=True)
class _Work:
    """What was found due, and what stands in its way."""

    chosen: Sequence[tuple[Row, bytes | None]] = ()
    hold: Hold | None = None
    days: Sequence[DayUse] = ()
    window: MinuteWindow = MinuteWindow(None)

    @property
    def throttles(self) -> int:
        return max((day.throttles for day in self.days), default=0)

    def blocked_until(self) -> Millis:
        """Until when nothing may be sent at all."""
        throttled = max((day.throttled_until for day in self.days), default=Millis(0))
        return max(throttled, self.hold.until_at if self.hold else Millis(0))


class _NotNow(Exception):
    """Between looking and doing, something changed: look again at ``at``. Undoes the transaction it is raised in."""

    def __init__(self, at: Millis) -> None:
        super().__init__()
        self.at = at


class Engine:
    """Sends one customer's records of one kind, one request at a time."""

    def __init__(
        self,
        route: Route,
        *,
        database: Database,
        store: Store,
        lane: Lane,
        ask: Ask,
        clock: Clock,
        draw: Callable[[], float],
        pulse: Pulse,
        log: Log,
    ) -> None:
        self.route = route
        self._database = database
        self._store = store
        self._lane = lane
        self._ask = ask
        self._clock = clock
        self._draw = draw
        self._pulse = pulse
        self._log = log
        self._settler = Settler(database, store, lane.fence, clock)

    async def step(self, now: Millis) -> Millis:
        """One decision and what follows from it; when to take the next, ``now`` meaning at once.

        Raises:
            LaneLost: another process serves this application.
        """
        work = await self._database.read(lambda tx: self._load(tx, now))
        at = self._when(work, now)
        if at > now:
            return at
        done = cut(work.chosen, self.route, now=now, platform_now=self._pulse.skew.platform_now(now))
        try:
            batch = await self._database.write(lambda tx: self._claim(tx, done, now))
        except _NotNow as not_now:
            return not_now.at
        if batch is not None:
            await self._send(batch, done, work)
        elif not done.put_aside:
            # The ATS has all of them locked, or has changed them meanwhile.
            return Millis(now + self.route.poll_ms)
        return self._clock.now()

    # ------------------------------------------------------------ load

    def _load(self, tx: Transaction, now: Millis) -> _Work:
        route, store = self.route, self._store
        found: list[tuple[int, Op, str, int | None]] = []
        for urgency in Urgency:
            if (left := route.window - len(found)) > 0:
                waited, fresh = (
                    store.due_entities(
                        tx,
                        tenant=route.tenant,
                        kind=route.kind.name,
                        urgency=urgency,
                        first=first,
                        last=last,
                        limit=left,
                    )
                    for first, last in ((AT_ONCE + 1, now), (AT_ONCE, AT_ONCE))
                )
                found += shared(waited, fresh, left)
        due = as_due(found, shares_parent=route.kind.shares_parent(route.view))
        chosen = [each.id for each in choose(due, route.records_max)]
        if not chosen:
            return _Work()
        rows = store.see_entities(tx, chosen)
        return _Work(
            [rows[id] for id in chosen],
            store.show_hold(tx, route.tenant, route.kind.name),
            store.day_budgets(tx, route.application, route.kind.name, self._days(now)),
            self._window(tx, now),
        )

    def _window(self, tx: Transaction, now: Millis) -> MinuteWindow:
        application, kind = self.route.application, self.route.kind.name
        return MinuteWindow(
            self.route.limits.records_per_minute,
            self._store.minute_slots(tx, application, kind, now),
            self._store.flying_records(tx, application, kind),
        )

    def _days(self, now: Millis) -> tuple[int, ...]:
        return days_charged(now, self.route.timeout_ms, self._margin_ms)

    @property
    def _margin_ms(self) -> int:
        """How far apart the platform's clock and ours may be."""
        return CLOCK_MARGIN_MS + self._pulse.skew.margin_ms

    # ------------------------------------------------------------ decide

    def _when(self, work: _Work, now: Millis) -> Millis:
        """When the chosen entities may be sent; ``now``: at once."""
        poll_at = Millis(now + self.route.poll_ms)
        if not work.chosen:
            return poll_at
        if (blocked := work.blocked_until()) > now:
            return blocked
        count = len(work.chosen)
        opens = work.window.opens_at(count, now)
        used = max((day.used for day in work.days), default=0)
        is_full = count >= self.route.records_max
        budget = DayBudget(self.route.limits.requests_per_day, used)
        paced = next_request_at(budget, now, self._pulse.last_at, is_full=is_full, clock_margin_ms=self._margin_ms)
        return max(poll_at if opens is None else opens, paced)

    # ------------------------------------------------------------ record that it is sent

    def _claim(self, tx: Transaction, done: Cut, now: Millis) -> SentBatch | None:
        """Park, hold and claim what was cut, under the lane's lease and within the budgets; None: nothing is to be sent."""
        self._lane.renew(tx)
        self._put_aside(tx, done, now)
        rows = {row.id: row for row in self._store.lock_entities(tx, [item.row.id for item in done.items])}
        # What the ATS changed since, or is changing now, goes another time. (Set anew: a unit may be run again.)
        done.claimed = [item for item in done.items if _is_unchanged(item, rows.get(item.row.id))]
        if not done.claimed:
            return None
        self._reserve(tx, len(done.claimed), now)
        batch = self._open(tx, done, now)
        moves = [Move(item.row, send(item.row.standing, batch.id, item.modified)) for item in done.claimed]
        moved = self._store.move_entities(tx, moves, self._lane.fence)
        assert len(moved) == len(moves), "a row moved although it was locked"
        return batch

    def _put_aside(self, tx: Transaction, done: Cut, now: Millis) -> None:
        """Record what is parked or held without being sent."""
        reasons: dict[int, str] = {row.id: reason for row, reason in done.refused}
        until: dict[int, Millis] = {}
        for row, moment, reason in done.held:
            reasons[row.id], until[row.id] = reason, moment
        moves, tales = [], []
        for row in self._store.lock_entities(tx, list(reasons)):
            seq, reason = row.standing.seq, reasons[row.id]
            if row.id in until:
                standing = hold(row.standing, seq, until[row.id], reason)
            else:
                standing = refuse(row.standing, seq, reason)
            moves.append(Move(row, standing))
            event = "held" if row.id in until else "parked"
            tales.append(Tale(row.id, now, event, seq, None, reason))
        done.put_aside = len(self._store.move_entities(tx, moves, self._lane.fence))
        self._store.tell_story(tx, tales)

    def _reserve(self, tx: Transaction, records: int, now: Millis) -> None:
        """Take the request out of the day's budget and see that the minute has room, with the lane's row locked."""
        route = self.route
        opens = self._window(tx, now).opens_at(records, now)
        if opens is None or opens > now:
            raise _NotNow(opens or Millis(now + route.poll_ms))
        for day in self._days(now):
            if not self._store.reserve_day(tx, route.application, route.kind.name, day, route.limits.requests_per_day):
                raise _NotNow(day_begins(now, self._margin_ms))

    def _open(self, tx: Transaction, done: Cut, now: Millis) -> SentBatch:
        deadline = Millis(now + self.route.timeout_ms)
        records = len(done.claimed)
        id = self._store.open_batch(
            tx,
            self._lane.fence,
            tenant=self.route.tenant,
            kind=self.route.kind.name,
            op=done.claimed[0].row.standing.op,
            records=records,
            now=now,
            deadline_at=deadline,
        )
        return SentBatch(id, self.route.kind.name, records, deadline)

    # ------------------------------------------------------------ send, and record what came of it

    async def _send(self, batch: SentBatch, done: Cut, work: _Work) -> None:
        sent_at = self._pulse.last_at = self._clock.now()
        outcome = await ask_once(self._ask, done.call(self.route), self.route.timeout_ms / SECOND_MS)
        now = self._clock.now()
        if outcome.date is not None:
            self._pulse.skew = self._pulse.skew.observe(sent_at=sent_at, received_at=now, date=outcome.date)
        moment = Moment(now, batch.deadline_at, self._draw(), outcome.date)
        match outcome:
            case Answered():
                await self._settle_answer(batch, done, work, outcome, moment)
            case Failed():
                await self._settle_failure(batch, done, work, outcome, moment)

    async def _settle_answer(self, batch: SentBatch, done: Cut, work: _Work, answer: Answered, moment: Moment) -> None:
        outcomes: Mapping[tuple[str, ...], Outcome] = answer.reply.outcomes
        verdicts = [judge(outcomes.get(item.key), item.record, moment, self.route.patience) for item in done.claimed]
        alarm = _alarm(answer, done.claimed)
        ending = Ending(True, moment.now, answer.status, answer.request_id, alarm=alarm)

        def clear(tx: Transaction) -> None:
            if work.hold:
                self._store.drop_hold(tx, self.route.tenant, self.route.kind.name)
            if work.throttles:
                self._store.unthrottle_day(tx, self.route.application, self.route.kind.name, self._days(moment.now))
            self._store.prune_minute(tx, self.route.application, moment.now)

        await self._settler.settle(batch, _by_id(batch, done.claimed, verdicts), ending, clear)
        taken = sum(isinstance(verdict, Done) for verdict in verdicts)
        self._log.info("batch", batch=batch.id, records=batch.records, taken=taken, request_id=answer.request_id)
        if alarm:
            self._log.error("protocol broken", batch=batch.id, alarm=alarm)

    async def _settle_failure(self, batch: SentBatch, done: Cut, work: _Work, failed: Failed, moment: Moment) -> None:
        route = self.route
        situation = Situation(work.hold.failures if work.hold else 0, work.throttles, failed.asked_until)
        records = [item.record for item in done.claimed]
        follows = weigh(failed.failure, failed.why, records, moment, situation, route.patience)
        ending = Ending(
            is_known=failed.failure.is_answered,
            counts_until=failed.failure.may_arrive_until(moment, route.patience),
            status=failed.status,
            request_id=failed.request_id,
            detail=failed.why,
        )

        def hold_up(tx: Transaction) -> None:
            kind = route.kind.name
            if follows.hold_until is not None:
                self._store.put_hold(
                    tx, route.tenant, kind, until=follows.hold_until, now=moment.now, reason=failed.why
                )
            if follows.throttled_until is not None:
                self._store.throttle_day(tx, route.application, kind, utc_day(moment.now), follows.throttled_until)

        await self._settler.settle(batch, _by_id(batch, done.claimed, follows.verdicts), ending, hold_up)
        self._log.warning(
            "batch failed", batch=batch.id, records=batch.records, failure=failed.failure.value, why=failed.why
        )


def _is_unchanged(item: Item, row: Row | None) -> bool:
    return row is not None and row.standing.state is State.DIRTY and row.standing == item.row.standing


def _by_id(batch: SentBatch, items: Sequence[Item], verdicts: Sequence[Verdict]) -> dict[int, tuple[Sent, Verdict]]:
    return {
        item.row.id: (Sent(batch.id, item.row.standing.seq, item.row.standing.digest), verdict)
        for item, verdict in zip(items, verdicts, strict=True)
    }


def _alarm(answer: Answered, items: Sequence[Item]) -> str | None:
    """What an answer has that breaks the protocol: keys nobody asked for, records it does not mention."""
    unasked = answer.reply.unasked
    missing = sum(item.key not in answer.reply.outcomes for item in items)
    told = [
        f"{len(unasked)} keys that were not asked: {', '.join(unasked[:UNASKED_SHOWN])}" if unasked else "",
        f"{missing} of {len(items)} records are not mentioned" if missing else "",
    ]
    return "; ".join(filter(None, told)) or None
