"""The connector in virtual time: arrivals in, requests out, by the same decisions the engine takes. No network, no clock.

One lane: the customers of one application. A request takes ``service_ms``, during which its customers have no other.
"""

from __future__ import annotations

import heapq
from array import array
from collections import deque
from dataclasses import dataclass

from hirewire.plan.demand import PATIENCE, TICK_MS, Demand, Scale
from hirewire.plan.fairness import Queue, beyond_share, share_out
from hirewire.plan.pacing import KEPT_SHARE, SlidingMinute, affordable_at, spaced_at
from hirewire.plan.pricing import surplus, terms_for
from hirewire.simulation.counter import PlatformCounter
from hirewire.simulation.traffic import Traffic
from hirewire.simulation.workloads import Day
from hirewire.values.time import DAY_MS, SECOND_MS, Millis, utc_day

_NEVER = Millis(2**62)


@dataclass(frozen=True, slots=True)
class Terrain:
    """The limits, and how the connector uses them. ``backfill_share`` of a minute's records may be backfill."""

    requests_per_day: int = 100_000
    records_per_minute: int = 10_000
    records_per_batch: int = 100
    reserve_ms: int = 30_000
    service_ms: int = 0
    backfill_share: float = 0.5
    patience: float = PATIENCE

    @property
    def scale(self) -> Scale:
        """What pricing needs of it."""
        return Scale(self.requests_per_day, self.records_per_batch, self.reserve_ms, self.patience)


@dataclass
class Outcome:
    """What became of a day: delays in ms by customer, backfill sent, and what the platform counted."""

    delays: dict[str, array[int]]
    counter: PlatformCounter
    requests: int = 0
    backfill: int = 0
    backfill_delay_ms: int = 0
    dry_ms: int = 0
    unspent: int = 0


def learned(yesterday: Traffic | None, day: Day, terrain: Terrain) -> Demand:
    """What the connector knows when ``day`` begins: the day before, or nothing."""
    if yesterday is None:
        return Demand(terrain.scale, utc_day(day.begins))
    before = day.yesterday()
    demand = Demand(terrain.scale, utc_day(before.begins))
    seconds = _Seconds(before.begins)
    arrivals = iter(yesterday.moments)
    arrival = next(arrivals, _NEVER)
    for tick in range(before.begins + TICK_MS, before.midnight + 1, TICK_MS):
        while arrival < tick:
            seconds.add(arrival)
            arrival = next(arrivals, _NEVER)
        demand = demand.learn(seconds.close(), Millis(tick), 1.0)
    return demand.on(utc_day(day.begins))


class _Seconds:
    """Arrivals of each second of the tick that is open."""

    def __init__(self, begins: int) -> None:
        self._begins = begins
        self._counts = [0] * (TICK_MS // SECOND_MS)

    def add(self, at: int) -> None:
        self._counts[(at - self._begins) // SECOND_MS] += 1

    def close(self) -> list[int]:
        counts, self._counts = self._counts, [0] * len(self._counts)
        self._begins += TICK_MS
        return counts


class Connector:
    """One simulated lane; ``run`` it once."""

    def __init__(self, traffic: Traffic, day: Day, terrain: Terrain, demand: Demand) -> None:
        self._traffic, self._day, self._terrain, self._demand = traffic, day, terrain, demand
        names = traffic.customers
        self._waiting: list[deque[int]] = [deque() for _ in names]
        self._number = {name: number for number, name in enumerate(names)}
        self._busy: set[int] = set()
        self._answers: list[tuple[int, list[int]]] = []
        # Of the records whose customers are not busy:
        self._open: set[int] = set()
        self._count, self._sum, self._oldest = 0, 0, 0
        self._backfill = {name: count for name, count in traffic.backfill.items() if count}
        self._backfill_gap_ms, self._backfill_at = float(DAY_MS), _NEVER
        # A day of half the length has half the requests left when it begins.
        spent = terrain.requests_per_day * (DAY_MS - day.length_ms) // DAY_MS
        self._used = {utc_day(day.begins): spent}
        self._window = SlidingMinute(terrain.records_per_minute)
        self._windows = [SlidingMinute(terrain.records_per_minute) for _ in names]
        self._kept = int(KEPT_SHARE * (terrain.records_per_minute - terrain.records_per_batch))
        self._queue, self._backfill_queue = Queue(), Queue()
        self._last_at = Millis(0)
        self._seconds = _Seconds(day.begins)
        counter = PlatformCounter(terrain.requests_per_day, terrain.records_per_minute, terrain.records_per_batch)
        counter.requests[utc_day(day.begins)] = spent
        self._result = Outcome({name: array("q") for name in names}, counter)
        self._terms = terms_for(demand, terrain.requests_per_day - spent, day.begins)
        self._now, self._blocked_until = day.begins, Millis(0)

    def run(self) -> Outcome:
        """The day, and what it takes beyond midnight until every live record is sent."""
        tick, arrived = Millis(self._day.begins + TICK_MS), 0
        while arrived < len(self._traffic) or self._count or self._busy or tick <= self._day.midnight:
            answer = self._answers[0][0] if self._answers else _NEVER
            until = min(tick, answer, self._backfill_at)
            arrived, due = self._arrive(arrived, until)
            self._now = Millis(min(due, until))
            if due < until:
                self._attempt(self._now)
            elif answer <= until:
                self._answer()
            elif tick <= until:
                self._tick(tick)
                tick = Millis(tick + TICK_MS)
            else:
                self._dedicate(self._now)
        return self._result

    # ------------------------------------------------------------ arrivals

    def _arrive(self, number: int, until: int) -> tuple[int, int]:
        """Take in arrivals before ``until``, and before something is due; how far that came, and when it is due."""
        moments, owners = self._traffic.moments, self._traffic.owners
        waiting, busy, opened, seconds = self._waiting, self._busy, self._open, self._seconds
        total, full = len(moments), self._terrain.records_per_batch
        due_at, blocked = self._terms.due_at, self._blocked_until
        count, sum_, due = self._count, self._sum, self._due()
        while number < total and (at := moments[number]) <= due and at < until:
            owner = owners[number]
            number += 1
            waiting[owner].append(at)
            seconds.add(at)
            if owner in busy:
                continue
            opened.add(owner)
            if not count:
                self._oldest = at
            count += 1
            sum_ += at
            paid = at if count >= full else due_at(count, Millis(self._oldest), sum_)
            due = max(paid, blocked)
        self._count, self._sum = count, sum_
        return number, due

    def _due(self) -> int:
        """When the records that wait are worth a request, and may have one as far as is known."""
        if not self._count:
            return _NEVER
        is_full = self._count >= self._terrain.records_per_batch
        paid = self._now if is_full else self._terms.due_at(self._count, Millis(self._oldest), self._sum)
        return max(paid, self._blocked_until, self._now)

    # ------------------------------------------------------------ sending

    def _left(self, now: Millis) -> int:
        return self._terrain.requests_per_day - self._used.get(utc_day(now), 0)

    def _attempt(self, now: Millis) -> None:
        """Send what is due, or find out until when it may not."""
        terrain = self._terrain
        batch = min(self._count, terrain.records_per_batch)
        if self._window.room(now) < batch + self._kept and (greedy := self._beyond_share(now)):
            # They wait until there is room to lend; what is due without them is looked at anew.
            self._close(greedy, self._window.opens_at(batch + self._kept, now))
            return
        allowed = max(
            affordable_at(self._left(now), now, self._last_at, terrain.reserve_ms),
            spaced_at(self._count, terrain.records_per_batch, terrain.records_per_minute, self._last_at),
            self._window.opens_at(batch, now),
        )
        self._blocked_until = allowed if allowed > now else Millis(0)
        if allowed <= now:
            self._send(now, batch)

    def _beyond_share(self, now: Millis) -> list[int]:
        """The customers who wait for more of this minute than is theirs."""
        names, waiting = self._traffic.customers, self._waiting
        demands = {
            names[each]: window.used(now) + len(waiting[each])
            for each, window in enumerate(self._windows)
            if each in self._open or window.used(now)
        }
        greedy = beyond_share(demands, self._terrain.records_per_minute, {})
        return [each for each in self._open if names[each] in greedy]

    def _close(self, customers: list[int], until: int) -> None:
        """Leave customers out of account until a moment."""
        heapq.heappush(self._answers, (until, customers))
        self._busy.update(customers)
        for each in self._open.intersection(customers):
            self._count -= len(self._waiting[each])
            self._sum -= sum(self._waiting[each])
        self._open.difference_update(customers)
        self._find_oldest()

    def _find_oldest(self) -> None:
        self._oldest = min((self._waiting[each][0] for each in self._open), default=0)

    def _send(self, now: Millis, room: int) -> None:
        names, waiting = self._traffic.customers, self._waiting
        shares, self._queue = share_out(self._queue, {names[each]: len(waiting[each]) for each in self._open}, room, {})
        for name, records in shares.items():
            queue, delays = waiting[self._number[name]], self._result.delays[name]
            self._windows[self._number[name]].record(records, now)
            for _ in range(records):
                at = queue.popleft()
                self._sum -= at
                delays.append(now - at)
        self._count -= room
        sent = [self._number[name] for name in shares]
        self._open.difference_update([each for each in sent if not waiting[each]])
        self._request(now, room + self._top_up(now, room), sent)

    def _request(self, now: Millis, records: int, customers: list[int]) -> None:
        """Count one request; its customers are busy until it is answered."""
        self._window.record(records, now)
        self._result.counter.arrive(now, records)
        self._result.requests += 1
        self._used[utc_day(now)] = self._used.get(utc_day(now), 0) + 1
        self._last_at = now
        if self._terrain.service_ms:
            self._close(customers, now + self._terrain.service_ms)
        self._find_oldest()

    def _answer(self) -> None:
        """Take customers into account again."""
        _, customers = heapq.heappop(self._answers)
        self._busy.difference_update(customers)
        for each in customers:
            if self._waiting[each]:
                self._open.add(each)
                self._count += len(self._waiting[each])
                self._sum += sum(self._waiting[each])
        self._find_oldest()

    # ------------------------------------------------------------ backfill

    def _top_up(self, now: Millis, live: int) -> int:
        """Fill a request that is paid for with backfill; how many records that is."""
        share = int(self._terrain.backfill_share * self._terrain.records_per_minute) - self._window.used(now) - live
        room = min(self._terrain.records_per_batch - live, share)
        if room <= 0 or not self._backfill:
            return 0
        taken, self._backfill_queue = share_out(self._backfill_queue, self._backfill, room, {})
        for name, records in taken.items():
            self._backfill[name] -= records
            if not self._backfill[name]:
                del self._backfill[name]
        records = sum(taken.values())
        self._result.backfill += records
        self._result.backfill_delay_ms += records * (now - self._day.begins)
        return records

    def _dedicate(self, now: Millis) -> None:
        """One request of the day's surplus for backfill alone."""
        self._backfill_at = Millis(int(now + self._backfill_gap_ms))
        is_affordable = affordable_at(self._left(now), now, self._last_at, self._terrain.reserve_ms) <= now
        records = self._top_up(now, 0) if is_affordable else 0
        if records:
            self._request(now, records, [])

    # ------------------------------------------------------------ every few seconds

    def _tick(self, now: Millis) -> None:
        """Learn from the arrivals since the last time, and set the price."""
        result = self._result
        self._demand = self._demand.learn(self._seconds.close(), now, self._terms.price_ms / SECOND_MS)
        left = self._left(now)
        if now == self._day.midnight:
            result.unspent = self._left(Millis(now - 1))
        self._terms = terms_for(self._demand, left, now)
        result.dry_ms += TICK_MS * result.counter.is_dry(now, self._terrain.reserve_ms)
        spare = surplus(self._demand, left, now) if self._backfill else 0.0
        self._backfill_gap_ms = (DAY_MS - now % DAY_MS) / spare if spare >= 1 else float(DAY_MS)
        self._backfill_at = min(self._backfill_at, Millis(int(now + self._backfill_gap_ms))) if spare >= 1 else _NEVER
