"""What a simulated day was like: delays by customer and class, regret, what the platform counted. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hirewire.simulation.bound import Bound, lower_bound
from hirewire.simulation.connector import Connector, Outcome, Terrain, learned
from hirewire.simulation.even import even_pacing
from hirewire.simulation.traffic import Traffic
from hirewire.simulation.workloads import Day
from hirewire.values.time import DAY_MS, SECOND_MS


@dataclass(frozen=True, slots=True)
class Delays:
    """The delays of some records, in seconds."""

    records: int
    mean_s: float
    p50_s: float
    p95_s: float
    p99_s: float
    max_s: float

    @classmethod
    def of(cls, delays_ms: Sequence[int]) -> Delays:
        """Of delays in ms, in any order."""
        ordered = sorted(delays_ms)
        count = len(ordered)
        if not count:
            return cls(0, 0.0, 0.0, 0.0, 0.0, 0.0)
        p50, p95, p99 = (ordered[count * percent // 100] / SECOND_MS for percent in (50, 95, 99))
        return cls(count, sum(ordered) / count / SECOND_MS, p50, p95, p99, ordered[-1] / SECOND_MS)


@dataclass(frozen=True, slots=True)
class Fairness:
    """What one greedy customer costs the others: their delays beside it, and without it."""

    greedy: str
    beside: Delays
    alone: Delays


@dataclass(frozen=True, slots=True)
class Report:
    """One simulated day.

    ``regret`` is the mean delay over the larger of the two bounds, ``regret_both`` over their combination; None where
    nothing has to wait. ``dry_s`` and ``violations`` are the platform's count.
    """

    name: str
    seed: int | None
    live: Delays
    even: Delays
    bound_batching_s: float
    bound_window_s: float
    bound_both_s: float
    regret: float | None
    regret_both: float | None
    violations: int
    dry_s: float
    requests: int
    unspent: int
    backfill_records: int
    backfill_per_s: float
    backfill_mean_s: float
    customers: dict[str, Delays]
    fairness: Fairness | None


def simulate(
    name: str,
    traffic: Traffic,
    history: Traffic | None,
    day: Day,
    terrain: Terrain,
    *,
    seed: int | None = None,
    greedy: str | None = None,
) -> Report:
    """Run one day and measure it; ``greedy`` names a customer whose effect on the others is shown."""
    outcome = _run(traffic, history, day, terrain)
    requests = terrain.requests_per_day - terrain.requests_per_day * (DAY_MS - day.length_ms) // DAY_MS
    bound = lower_bound(
        traffic.moments,
        requests=requests,
        records_per_batch=terrain.records_per_batch,
        records_per_minute=terrain.records_per_minute,
    )
    even = even_pacing(
        traffic.moments,
        day.begins,
        requests_per_day=terrain.requests_per_day,
        records_per_batch=terrain.records_per_batch,
        records_per_minute=terrain.records_per_minute,
    )
    fairness = None
    if greedy in traffic.customers:
        alone = _run(traffic.without(greedy), history, day, terrain)
        fairness = Fairness(greedy, Delays.of(_all(outcome, but=greedy)), Delays.of(_all(alone)))
    return _report(name, seed, outcome, bound, Delays.of(even), day, fairness)


def _run(traffic: Traffic, history: Traffic | None, day: Day, terrain: Terrain) -> Outcome:
    return Connector(traffic, day, terrain, learned(history, day, terrain)).run()


def _all(outcome: Outcome, but: str | None = None) -> list[int]:
    return [delay for name, delays in outcome.delays.items() if name != but for delay in delays]


def _report(
    name: str, seed: int | None, outcome: Outcome, bound: Bound, even: Delays, day: Day, fairness: Fairness | None
) -> Report:
    live = Delays.of(_all(outcome))
    return Report(
        name=name,
        seed=seed,
        live=live,
        even=even,
        bound_batching_s=bound.batching_ms / SECOND_MS,
        bound_window_s=bound.window_ms / SECOND_MS,
        bound_both_s=bound.both_ms / SECOND_MS,
        regret=_ratio(live.mean_s * SECOND_MS, bound.larger_ms),
        regret_both=_ratio(live.mean_s * SECOND_MS, bound.both_ms),
        violations=outcome.counter.violations,
        dry_s=outcome.dry_ms / SECOND_MS,
        requests=outcome.requests,
        unspent=outcome.unspent,
        backfill_records=outcome.backfill,
        backfill_per_s=outcome.backfill * SECOND_MS / day.length_ms,
        backfill_mean_s=outcome.backfill_delay_ms / outcome.backfill / SECOND_MS if outcome.backfill else 0.0,
        customers={name: Delays.of(delays) for name, delays in sorted(outcome.delays.items()) if delays},
        fairness=fairness,
    )


def _ratio(mean_ms: float, bound_ms: float) -> float | None:
    return mean_ms / bound_ms if bound_ms else None
