"""What a benchmark is, and how its contenders take turns. What each of them does stands in files of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from benchmarks.figures import Comparison, Rounds, Turn

Measure = Callable[[], Turn]
"""Do one round's work, and say how fast."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: rounds, seconds of each contender's turn, records in each turn that counts records, and
    rows waiting where memory is measured."""

    rounds: int
    seconds: float
    records: int
    rows: int


FULL = Scale(rounds=7, seconds=2.0, records=10_000, rows=200_000)
QUICK = Scale(rounds=3, seconds=0.7, records=2_000, rows=20_000)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One table's worth of figures in one unit. ``open`` sets the contenders up, and takes them down at its end."""

    name: str
    title: str
    unit: str
    comparisons: tuple[Comparison, ...]
    open: Callable[[Scale], AbstractContextManager[Mapping[str, Measure]]]
    rounds_max: int = 100
    """One that is taken only once needs no warming up."""
    needs: tuple[str, ...] = ()
    """Modules of the bench group it imports."""
    needs_linux: bool = False

    def run(self, scale: Scale) -> Rounds:
        """Every contender's figures. Each takes one turn to warm up, which is not counted."""
        with self.open(scale) as contenders:
            if self.rounds_max > 1:
                take_turns(contenders, 1)
            return take_turns(contenders, min(scale.rounds, self.rounds_max))


def take_turns(contenders: Mapping[str, Measure], rounds: int) -> Rounds:
    """Measure all contenders in each round, in an order that moves on by one: nobody is always first.

    >>> order = []
    >>> rounds = take_turns({name: lambda name=name: order.append(name) or Turn(1.0) for name in "ab"}, 2)
    >>> order
    ['a', 'b', 'b', 'a']
    """
    names = list(contenders)
    turns: dict[str, list[Turn]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            turns[name].append(contenders[name]())
    return turns
