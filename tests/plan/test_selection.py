"""Which of the due entities make the next request."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from hirewire.plan.entity import Op
from hirewire.plan.selection import Due, choose, halved, shared

UP, DEL = Op.UPSERT, Op.DELETE


def ids(due: list[Due]) -> list[int]:
    return [each.id for each in due]


def test_nothing_due_is_nothing_chosen():
    assert choose([], 100) == []


def test_what_waits_longest_decides_the_method():
    due = [Due(1, DEL, ()), Due(2, UP, ()), Due(3, DEL, ())]
    assert ids(choose(due, 100)) == [1, 3]


def test_one_parent_where_the_path_holds_it():
    due = [Due(1, UP, ("a",)), Due(2, UP, ("b",)), Due(3, UP, ("a",))]
    assert ids(choose(due, 100)) == [1, 3]


def test_parts_of_a_refused_batch_stay_among_themselves():
    due = [Due(1, UP, (), 2), Due(2, UP, ()), Due(3, UP, (), 2), Due(4, UP, (), 2)]
    assert ids(choose(due, 100)) == [1, 3]
    assert ids(choose(due[1:], 100)) == [2]


def test_what_waited_leaves_half_the_window_to_what_is_fresh():
    assert shared([1, 2, 3], [7, 8, 9], 4) == [1, 2, 7, 8]
    assert shared([1, 2, 3], [7], 4) == [1, 2, 7, 3]
    assert shared([], [7, 8], 1) == [7]
    assert shared([1], [7], 1) == [1]


def test_halves_end_at_one():
    assert [halved(count) for count in (100, 3, 2, 1)] == [50, 2, 1, None]


@given(st.integers(1, 100), st.data())
def test_bad_records_are_found_alone_and_others_get_through(count: int, data: st.DataObject):
    """Refusing whole batches with a bad record in them: in a bounded number of requests, exactly the bad ones are left."""
    bad = data.draw(st.sets(st.integers(0, count - 1), max_size=5))
    waiting = [Due(each, UP, ()) for each in range(count)]
    parked, requests = set(), 0
    while waiting:
        batch = choose(waiting, 100)
        requests += 1
        rest = [each for each in waiting if each not in batch]
        if not bad & {each.id for each in batch}:
            waiting = rest
        elif (size := halved(len(batch))) is None:
            parked.add(batch[0].id)
            waiting = rest
        else:
            waiting = [Due(each.id, UP, (), size) for each in batch] + rest
    assert parked == bad
    assert requests <= 1 + len(bad) * 15
