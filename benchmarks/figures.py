"""Figures of rounds, their medians, and what a goal says about them. Pure; nothing is measured here."""

from __future__ import annotations

import enum
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """What one contender did in one round: ``figure`` by the clock on the wall, in the benchmark's unit.

    ``per_cpu_s`` is the same work for each second of processor time it took, or None where that is no question. On a
    machine that does other things too, it is the steadier of the two.
    """

    figure: float
    per_cpu_s: float | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """Some figures by their median and extremes."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        """The spread of at least one figure.

        >>> Spread.of([3.0, 1.0, 2.0])
        Spread(median=2.0, low=1.0, high=3.0)
        """
        return cls(statistics.median(figures), min(figures), max(figures))


class Verdict(enum.Enum):
    """What a figure means for a release."""

    HOLDS = "holds"
    ABOVE_FLOOR = "above the floor"
    MISSED = "missed"
    NO_GOAL = "for comparison"


@dataclass(frozen=True, slots=True)
class Goal:
    """What we want, and (``floor``) what a release must not fall below; with ``at_most``, rise above."""

    target: float
    floor: float
    at_most: bool = False

    def verdict(self, figure: float) -> Verdict:
        """What a figure is worth.

        >>> Goal(10, 6).verdict(7), Goal(3, 4, at_most=True).verdict(2)
        (<Verdict.ABOVE_FLOOR: 'above the floor'>, <Verdict.HOLDS: 'holds'>)
        """
        if self._reaches(figure, self.target):
            return Verdict.HOLDS
        return Verdict.ABOVE_FLOOR if self._reaches(figure, self.floor) else Verdict.MISSED

    def _reaches(self, figure: float, bound: float) -> bool:
        return figure <= bound if self.at_most else figure >= bound


@dataclass(frozen=True, slots=True)
class Comparison:
    """One contender held against another. Without ``peer`` the figure itself is held against the goal."""

    ours: str
    peer: str | None
    goal: Goal | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of a comparison; ``ratio`` is None where there is no peer, ``cpu_ratio`` where no processor time is
    known. The verdict is that of ``ratio``."""

    comparison: Comparison
    ratio: Spread | None
    cpu_ratio: Spread | None
    verdict: Verdict


Rounds = Mapping[str, Sequence[Turn]]
"""Contender to its turns, one a round; those of one round were taken side by side."""


def compare(comparison: Comparison, rounds: Rounds) -> Compared:
    """Hold one contender against another, round by round: what slowed a whole round down cancels out."""
    ours = rounds[comparison.ours]
    theirs = rounds[comparison.peer] if comparison.peer else None
    ratio = _ratio(figures(ours), figures(theirs)) if theirs else None
    cpu_ratio = _ratio(figures_per_cpu_s(ours), figures_per_cpu_s(theirs)) if theirs else None
    figure = ratio.median if ratio else Spread.of(figures(ours)).median
    verdict = comparison.goal.verdict(figure) if comparison.goal else Verdict.NO_GOAL
    return Compared(comparison, ratio, cpu_ratio, verdict)


def figures(turns: Sequence[Turn]) -> list[float]:
    """By the clock on the wall."""
    return [turn.figure for turn in turns]


def figures_per_cpu_s(turns: Sequence[Turn]) -> list[float]:
    """By processor time, of the turns where it is known."""
    return [turn.per_cpu_s for turn in turns if turn.per_cpu_s is not None]


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> Spread | None:
    ratios = [own / other for own, other in zip(ours, theirs, strict=False)]
    return Spread.of(ratios) if ratios else None
