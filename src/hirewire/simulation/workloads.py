"""The workloads the engine is judged by: six of a day's shapes and a whale. Seeded by the caller: dice are an argument."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hirewire.simulation.traffic import Traffic
from hirewire.values.time import DAY_MS, SECOND_MS, Millis

Draw = Callable[[], float]
"""The next random number, at least 0 and below 1."""

Shape = Callable[["Day", Draw], Iterator[tuple[int, str]]]
"""Arrivals of one day, in any order."""

CUSTOMERS = 20
_NAMES = [f"customer-{number:02}" for number in range(CUSTOMERS)]
_IMPORT_PER_S = 2_000  # how fast an ATS commits an import
_IMPORT_LEAST, _IMPORT_MOST = 1_000, 14_000
_IMPORTS_PER_DAY = 150
WHALE = "whale"


@dataclass(frozen=True, slots=True)
class Day:
    """The time simulated: ``length_ms`` up to ``midnight``. A shortened day keeps its rates and its shape."""

    midnight: Millis
    length_ms: int = DAY_MS

    @property
    def begins(self) -> Millis:
        """Its first moment."""
        return Millis(self.midnight - self.length_ms)

    def yesterday(self) -> Day:
        """The same hours of the day before."""
        return Day(Millis(self.midnight - DAY_MS), self.length_ms)


@dataclass(frozen=True, slots=True)
class Workload:
    """A day, and the day the connector has seen before it; ``is_loaded``: there are more records than requests."""

    name: str
    today: Shape
    yesterday: Shape | None
    is_loaded: bool = True

    def traffic(self, day: Day, draw: Draw) -> Traffic:
        """One day of it."""
        return Traffic.of(self.today(day, draw))

    def history(self, day: Day, draw: Draw) -> Traffic | None:
        """The day before; None where the connector has not seen one."""
        return Traffic.of(self.yesterday(day.yesterday(), draw)) if self.yesterday else None


def _steady(per_s: float, begins: float = 0.0, ends: float = 1.0) -> Shape:
    """Poisson arrivals between two parts of the day."""

    def shape(day: Day, draw: Draw) -> Iterator[tuple[int, str]]:
        at = day.begins + begins * day.length_ms
        until = day.begins + ends * day.length_ms
        while (at := at - math.log(1 - draw()) / per_s * SECOND_MS) < until:
            yield int(at), _customer(draw)

    return shape


def _diurnal(least: float, most: float, peak: float) -> Shape:
    """Poisson arrivals at a rate that follows a cosine; ``peak`` is a part of the day."""
    mean, swing = (most + least) / 2, (most - least) / 2

    def shape(day: Day, draw: Draw) -> Iterator[tuple[int, str]]:
        at = float(day.begins)
        while (at := at - math.log(1 - draw()) / most * SECOND_MS) < day.midnight:
            part = (at - day.begins) / day.length_ms
            if draw() * most < mean + swing * math.cos(2 * math.pi * (part - peak)):
                yield int(at), _customer(draw)

    return shape


def _imports(background_per_s: float) -> Shape:
    """A steady background, and imports of 1,000 to 14,000 records by one customer each (evenly on a logarithm's scale)."""

    def shape(day: Day, draw: Draw) -> Iterator[tuple[int, str]]:
        yield from _steady(background_per_s)(day, draw)
        for _ in range(max(1, round(_IMPORTS_PER_DAY * day.length_ms / DAY_MS))):
            at, customer = day.begins + int(draw() * day.length_ms), _customer(draw)
            size = int(_IMPORT_LEAST * (_IMPORT_MOST / _IMPORT_LEAST) ** draw())
            for record in range(min(size, (day.midnight - at) * _IMPORT_PER_S // SECOND_MS)):
                yield at + record * SECOND_MS // _IMPORT_PER_S, customer

    return shape


def _whale(background_per_s: float, rows: int) -> Shape:
    """A steady background, and one customer who dumps all its rows a quarter into the day (fewer in a shortened day)."""

    def shape(day: Day, draw: Draw) -> Iterator[tuple[int, str]]:
        yield from _steady(background_per_s)(day, draw)
        at = day.begins + day.length_ms // 4
        for record in range(rows * day.length_ms // DAY_MS):
            yield at + record // 10, WHALE

    return shape


def _customer(draw: Draw) -> str:
    """Customers are not alike: the first has some ten times the changes of the last."""
    return _NAMES[int(CUSTOMERS * draw() ** 2)]


_POISSON = _steady(20)
_DIURNAL = _diurnal(1, 60, peak=0.5)
_IMPORTING = _imports(8)
_EVENING = _steady(80, begins=5 / 6)

WORKLOADS = {
    each.name: each
    for each in (
        Workload("light", _steady(0.5), _steady(0.5), is_loaded=False),
        Workload("poisson", _POISSON, _POISSON),
        Workload("diurnal", _DIURNAL, _DIURNAL),
        Workload("imports", _IMPORTING, _IMPORTING),
        Workload("evening", _EVENING, _EVENING),
        # Yesterday's night is today's noon: the forecast is wrong at every hour, and right in sum.
        Workload("wrong", _diurnal(1, 60, peak=0.0), _DIURNAL),
        Workload("whale", _whale(20, 1_000_000), _POISSON),
    )
}
