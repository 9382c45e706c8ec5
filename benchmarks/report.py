"""Figures as a table for people and as JSON for machines."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

import apsw
from rich.table import Table

from benchmarks.benchmark import Benchmark, Scale
from benchmarks.figures import Compared, Goal, Rounds, Spread, Turn, Verdict, compare, figures, figures_per_cpu_s

FORMAT = 1
"""Of the JSON; grows when a reader of the old one would be misled."""

PACKAGES = ("hirewire", "uvicorn", "httptools", "uvloop", "msgspec", "apsw", "psycopg")
PEER_PACKAGES = ("fastapi", "starlette", "pydantic", "sqlalchemy", "requests", "persist-queue", "procrastinate")

_STYLES = {
    Verdict.HOLDS: "green",
    Verdict.ABOVE_FLOOR: "yellow",
    Verdict.MISSED: "bold red",
    Verdict.NO_GOAL: "dim",
}


@dataclass(frozen=True, slots=True)
class Result:
    """One benchmark's figures, or why there are none."""

    benchmark: Benchmark
    rounds: Rounds
    skipped: str | None = None

    def compared(self) -> list[Compared]:
        """Every comparison the figures allow."""
        return [] if self.skipped else [compare(each, self.rounds) for each in self.benchmark.comparisons]


def as_json(results: Iterable[Result], scale: Scale, at: str) -> dict[str, Any]:
    """Everything measured, with what it was measured on."""
    return {
        "format": FORMAT,
        "at": at,
        "scale": asdict(scale),
        "machine": machine(),
        "packages": {name: _version(name) for name in PACKAGES + PEER_PACKAGES},
        "sqlite": {"ours": apsw.sqlite_lib_version(), "peers": sqlite3.sqlite_version},
        "benchmarks": [_result_json(result) for result in results],
    }


def machine() -> dict[str, Any]:
    """What kind of machine this is, as far as figures depend on it; not whose."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _result_json(result: Result) -> dict[str, Any]:
    benchmark = result.benchmark
    return {
        "name": benchmark.name,
        "title": benchmark.title,
        "unit": benchmark.unit,
        "skipped": result.skipped,
        "contenders": {
            name: {"figure": _figures_json(figures(turns)), "per_cpu_s": _figures_json(figures_per_cpu_s(turns))}
            for name, turns in result.rounds.items()
        },
        "comparisons": [_compared_json(each) for each in result.compared()],
    }


def _figures_json(taken: Sequence[float]) -> dict[str, Any] | None:
    return {**asdict(Spread.of(taken)), "rounds": list(taken)} if taken else None


def _compared_json(compared: Compared) -> dict[str, Any]:
    comparison = compared.comparison
    return {
        "ours": comparison.ours,
        "peer": comparison.peer,
        "ratio": asdict(compared.ratio) if compared.ratio else None,
        "cpu_ratio": asdict(compared.cpu_ratio) if compared.cpu_ratio else None,
        "goal": asdict(comparison.goal) if comparison.goal else None,
        "verdict": compared.verdict.value,
    }


def as_table(result: Result) -> Table:
    """One benchmark for people; a ratio is the median of its rounds, with the least and the greatest of them."""
    benchmark = result.benchmark
    table = Table(title=f"{benchmark.name}: {benchmark.title}", title_justify="left", title_style="bold")
    for column in ("contender", benchmark.unit, "by CPU s", "against", "ratio", "by CPU", "goal \\[floor]", ""):
        table.add_column(column, justify="left" if column in ("contender", "against", "") else "right")
    if result.skipped:
        table.add_row("-", f"not measured: {result.skipped}")
    for cells in _rows(result.rounds, result.compared()):
        table.add_row(*cells)
    return table


def _rows(rounds: Rounds, compared: Iterable[Compared]) -> Iterator[tuple[str, ...]]:
    by_contender: Mapping[str, list[Compared]] = {name: [] for name in rounds}
    for each in compared:
        by_contender[each.comparison.ours].append(each)
    for name, turns in rounds.items():
        own = (name, *_own_cells(turns))
        if not by_contender[name]:
            yield (*own, "", "", "", "", "")
        for each in by_contender[name]:
            comparison, style = each.comparison, _STYLES[each.verdict]
            yield (
                *own,
                comparison.peer or "",
                _spread(each.ratio) if each.ratio else "",
                _number(each.cpu_ratio.median) if each.cpu_ratio else "",
                _goal(comparison.goal, "x" if comparison.peer else ""),
                f"[{style}]{each.verdict.value}[/]",
            )
            own = ("", "", "")


def _own_cells(turns: Sequence[Turn]) -> tuple[str, str]:
    by_cpu = figures_per_cpu_s(turns)
    return _spread(Spread.of(figures(turns))), _number(Spread.of(by_cpu).median) if by_cpu else ""


def _goal(goal: Goal | None, unit: str) -> str:
    if goal is None:
        return ""
    sign = "<=" if goal.at_most else ">="
    # Escaped, as square brackets are markup to the table.
    return f"{sign} {_number(goal.target)}{unit} \\[{_number(goal.floor)}{unit}]"


def _spread(spread: Spread) -> str:
    return f"{_number(spread.median)} ({_number(spread.low)}..{_number(spread.high)})"


def _number(figure: float) -> str:
    """Three digits that count.

    >>> [_number(each) for each in (81234.6, 123.4, 12.34, 1.234, 0.01234)]
    ['81,235', '123', '12.3', '1.23', '0.0123']
    """
    if abs(figure) >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.3g}"
