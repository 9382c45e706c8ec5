"""Who goes first: shares are kept to a record, what nobody claims is lent, and a newcomer does not queue behind a whale."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hirewire.plan.fairness import Queue, beyond_share, share_out

waiting = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 300), max_size=6)
shares = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([0.5, 1.0, 2.0, 5.0]), max_size=6)


@given(waiting, st.integers(0, 100), shares)
def test_all_room_is_used_and_nobody_gets_more_than_waits(waits: dict[str, int], room: int, weights: dict[str, float]):
    taken, _ = share_out(Queue(), waits, room, weights)
    assert sum(taken.values()) == min(room, sum(waits.values()))
    assert all(records <= waits[name] for name, records in taken.items())


@given(st.lists(st.integers(1, 100), min_size=1, max_size=30), shares)
def test_two_who_always_wait_are_never_a_record_each_apart(rooms: list[int], weights: dict[str, float]):
    queue = Queue()
    served = dict.fromkeys("abc", 0.0)
    for room in rooms:
        taken, queue = share_out(queue, dict.fromkeys("abc", 1_000_000), room, weights)
        for name, records in taken.items():
            served[name] += records / weights.get(name, 1.0)
        for one in "abc":
            for other in "abc":
                apart = 1 / weights.get(one, 1.0) + 1 / weights.get(other, 1.0)
                assert abs(served[one] - served[other]) <= apart + 1e-6


@given(st.integers(0, 50), st.integers(1, 20))
def test_within_its_share_a_newcomer_goes_with_the_next_request(requests: int, customers: int):
    """Behind a whale and at most one record of every other customer: well within one batch per active customer."""
    queue = Queue()
    for _ in range(requests):
        _, queue = share_out(queue, {"whale": 1_000_000}, 100, {})
    newcomers = {f"customer-{number}": 1 for number in range(customers)}
    taken, _ = share_out(queue, {"whale": 1_000_000} | newcomers, 100, {})
    assert all(taken[name] == 1 for name in newcomers)


def test_what_nobody_claims_is_lent_and_not_owed_later():
    taken, queue = share_out(Queue(), {"a": 500}, 100, {})
    assert taken == {"a": 100}
    taken, _ = share_out(queue, {"a": 400, "b": 400}, 100, {})
    assert abs(taken["a"] - taken["b"]) <= 2


def test_an_empty_queue_forgets_who_was_ahead():
    _, queue = share_out(Queue(), {"a": 500}, 100, {})
    _, queue = share_out(queue, {"a": 100}, 100, {})
    assert queue.ahead == {}


def test_a_greater_share_is_served_more():
    taken, _ = share_out(Queue(), {"a": 500, "b": 500}, 99, {"a": 2.0})
    assert taken == {"a": 66, "b": 33}


@given(waiting, st.integers(0, 1_000), shares)
def test_who_is_beyond_its_share_asks_for_more_than_anybody_who_is_not(
    demands: dict[str, int], limit: int, weights: dict[str, float]
):
    greedy = beyond_share(demands, limit, weights)
    asked = {name: records / weights.get(name, 1.0) for name, records in demands.items()}
    contented = set(demands) - greedy
    assert bool(greedy) == (sum(demands.values()) > limit)
    assert all(asked[one] <= asked[other] for one in contented for other in greedy)
    guaranteed = limit / sum(weights.get(name, 1.0) for name in demands) if demands else 0
    assert all(asked[name] > guaranteed - 1e-9 for name in greedy)


def test_a_whale_is_beyond_its_share_and_those_beside_it_are_not():
    assert beyond_share({"whale": 50_000, "a": 900, "b": 30}, 10_000, {}) == {"whale"}
    assert beyond_share({"whale": 5_000, "a": 900, "b": 30}, 10_000, {}) == set()
