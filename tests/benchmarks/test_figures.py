"""What figures of rounds come to: ratios are taken round by round, and goals look both ways."""

from __future__ import annotations

import doctest
import functools
from types import ModuleType

import pytest

from benchmarks import benchmark, figures, outbox, report
from benchmarks.benchmark import take_turns
from benchmarks.figures import Comparison, Goal, Spread, Turn, Verdict, compare


@pytest.mark.parametrize(
    ("goal", "figure", "verdict"),
    [
        (Goal(10, 6), 10, Verdict.HOLDS),
        (Goal(10, 6), 9.9, Verdict.ABOVE_FLOOR),
        (Goal(10, 6), 5.9, Verdict.MISSED),
        (Goal(200, 250, at_most=True), 200, Verdict.HOLDS),
        (Goal(200, 250, at_most=True), 201, Verdict.ABOVE_FLOOR),
        (Goal(200, 250, at_most=True), 251, Verdict.MISSED),
    ],
)
def test_a_goal_judges(goal: Goal, figure: float, verdict: Verdict):
    assert goal.verdict(figure) is verdict


def test_a_round_that_was_slow_for_both_changes_no_ratio():
    rounds = {"a": [Turn(20), Turn(2), Turn(40)], "b": [Turn(10), Turn(1), Turn(20)]}
    compared = compare(Comparison("a", "b", Goal(2, 1)), rounds)
    assert compared.ratio == Spread(2, 2, 2)
    assert (compared.cpu_ratio, compared.verdict) == (None, Verdict.HOLDS)


def test_the_ratio_by_processor_time_stands_beside_and_does_not_judge():
    rounds = {"a": [Turn(10, 50)], "b": [Turn(10, 10)]}
    compared = compare(Comparison("a", "b", Goal(3, 2)), rounds)
    assert compared.cpu_ratio == Spread(5, 5, 5)
    assert compared.verdict is Verdict.MISSED


def test_without_a_peer_the_figure_itself_is_judged():
    compared = compare(Comparison("a", None, Goal(3, 4, at_most=True)), {"a": [Turn(2), Turn(9), Turn(3.5)]})
    assert (compared.ratio, compared.verdict) == (None, Verdict.ABOVE_FLOOR)


def test_everybody_is_first_once():
    order: list[str] = []

    def turn(name: str) -> Turn:
        order.append(name)
        return Turn(1)

    rounds = take_turns({name: functools.partial(turn, name) for name in "abc"}, 3)
    assert "".join(order) == "abcbcacab"
    assert {name: len(turns) for name, turns in rounds.items()} == {"a": 3, "b": 3, "c": 3}


@pytest.mark.parametrize("module", [benchmark, figures, outbox, report])
def test_the_examples_of_the_docstrings_hold(module: ModuleType):
    tested = doctest.testmod(module)
    assert (tested.failed, tested.attempted > 0) == (0, True)
