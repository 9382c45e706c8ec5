"""Who is in the next request when not all fit: start-time fair queueing between customers, by guaranteed shares.

Each record gets a start tag, the later of the customer's last finish tag and the time of the queue; the smallest goes
first. A customer who asks for less than its share never waits for one who asks for more; what nobody claims is lent.
Two customers who both wait are never further apart than one record each, in units of their shares.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Queue:
    """The state of fair queueing: its virtual time, and the finish tags of customers who are ahead of it."""

    time: float = 0.0
    ahead: Mapping[str, float] = field(default_factory=dict)


def share_out(
    queue: Queue, waiting: Mapping[str, int], room: int, shares: Mapping[str, float]
) -> tuple[dict[str, int], Queue]:
    """How many records of each customer go into ``room``, and the state after that.

    ``waiting`` are records, ``shares`` weights above 0; a customer without one has 1.
    """
    if sum(waiting.values()) <= room:
        # Nobody is left waiting, so nobody has anything to catch up on.
        return dict(waiting), Queue(queue.time)
    tags = [(max(queue.time, queue.ahead.get(name, 0.0)), name) for name, records in waiting.items() if records]
    heapq.heapify(tags)
    taken: dict[str, int] = {}
    time = queue.time
    ahead = dict(queue.ahead)
    for _ in range(room):
        time, name = tags[0]
        taken[name] = taken.get(name, 0) + 1
        ahead[name] = time + 1 / shares.get(name, 1.0)
        if taken[name] < waiting[name]:
            heapq.heapreplace(tags, (ahead[name], name))
        else:
            heapq.heappop(tags)
    return taken, Queue(time, {name: finish for name, finish in ahead.items() if finish > time})


def beyond_share(demands: Mapping[str, int], limit: int, shares: Mapping[str, float]) -> set[str]:
    """The customers who ask for more of a minute than their share of it.

    ``demands`` are records counted in the window and waiting. Shares are max-min fair: what a customer does not ask for
    is divided among those who ask for more, so there are none while all demands fit.
    """
    weights = {name: shares.get(name, 1.0) for name in demands}
    left, weight = float(limit), sum(weights.values())
    contented: set[str] = set()
    for name in sorted(demands, key=lambda name: demands[name] / weights[name]):
        if demands[name] * weight > left * weights[name]:
            break
        left, weight = left - demands[name], weight - weights[name]
        contented.add(name)
    return set(demands) - contented
