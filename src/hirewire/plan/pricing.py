"""What a request costs now, and when waiting records have paid for it: dynamic acknowledgement with a learned price.

A day's requests are a budget; its shadow price is the waiting time a request must save to be worth making. Where the
price comes from is plan/demand.py; what the limits forbid whatever it is worth, plan/pacing.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hirewire.plan.demand import PRICES_S, Demand, Needs
from hirewire.values.time import SECOND_MS, Millis, next_midnight

_SLACK = 0.005  # of what is left: the forecast is a fluid's, requests are whole
_SLACK_DEVIATIONS = 2.0  # and twice its square root: what chance adds to a count
_SLACK_DOUBT = 0.03  # and this where yesterday is not believed


@dataclass(frozen=True, slots=True)
class Terms:
    """A request is due once its records have waited ``price_ms`` together, or one of them ``age_ms``."""

    price_ms: float
    age_ms: float

    def due_at(self, count: int, oldest_at: Millis, arrived_sum: int) -> Millis:
        """When records are due that arrived at moments of the sum ``arrived_sum``, the first at ``oldest_at``.

        >>> Terms(price_ms=900, age_ms=10_000).due_at(3, Millis(1_000), 1_000 + 1_200 + 1_700)
        1600
        """
        paid_at = math.ceil((self.price_ms + arrived_sum) / count)
        return Millis(max(oldest_at, min(paid_at, math.ceil(oldest_at + self.age_ms))))


def terms_for(demand: Demand, left: int, now: Millis) -> Terms:
    """The lowest price at which the rest of the day fits into the ``left`` requests.

    The age bound is that of a whole day, or the even distance of what is left where that is longer: it can be kept.
    """
    remaining_ms = next_midnight(now) - now
    age_ms = max(demand.scale.age_ms, demand.scale.patience * remaining_ms / max(left, 1))
    wanted = demand.until_midnight(now)
    price_s = _lowest_price(wanted, _plannable(demand, left), remaining_ms / demand.scale.reserve_ms)
    return Terms(price_s * SECOND_MS, age_ms)


def surplus(demand: Demand, left: int, now: Millis) -> float:
    """The requests that remain at midnight although every record is sent at once, and the reserve: backfill's."""
    reserve = (next_midnight(now) - now) / demand.scale.reserve_ms
    return max(0.0, _plannable(demand, left) - max(demand.until_midnight(now)[0], reserve))


def _plannable(demand: Demand, left: int) -> float:
    doubted = _SLACK + _SLACK_DOUBT * (1 - demand.trust)
    return max(0.0, left * (1 - doubted) - _SLACK_DEVIATIONS * math.sqrt(max(left, 0)))


def _lowest_price(wanted: Needs, budget: float, floor: float) -> float:
    """The price between two entries of the table at which ``wanted``, at least ``floor``, comes down to ``budget``."""
    fits = next((number for number, need in enumerate(wanted) if max(need, floor) <= budget), None)
    if fits is None:
        return PRICES_S[-1]
    if fits < 2:
        return PRICES_S[fits]
    above, below = math.log(wanted[fits - 1] / budget), math.log(budget / max(wanted[fits], floor))
    part = above / (above + below)
    return math.exp((1 - part) * math.log(PRICES_S[fits - 1]) + part * math.log(PRICES_S[fits]))
