"""``python -m benchmarks``: run them, print a table of each, and write JSON where asked."""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks.benchmark import FULL, QUICK, Benchmark, Scale
from benchmarks.figures import Verdict
from benchmarks.report import Result, as_json, as_table
from benchmarks.suite import SUITE

WIDTH = 160


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; 1 when a floor was missed."""
    options = _parser().parse_args(arguments)
    scale = _scale(options)
    console, results = _console(), []
    for benchmark in _chosen(options.only):
        console.print(f"[dim]{benchmark.name} ...[/]") if console.is_terminal else None
        results.append(run(benchmark, scale))
        console.print(as_table(results[-1]))
    if options.json:
        document = as_json(results, scale, datetime.now(UTC).isoformat(timespec="seconds"))
        options.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    verdicts = [each.verdict for result in results for each in result.compared()]
    return int(options.strict and Verdict.MISSED in verdicts)


def run(benchmark: Benchmark, scale: Scale) -> Result:
    """One benchmark's result; skipped where a package it needs is not installed."""
    missing = [name for name in benchmark.needs if importlib.util.find_spec(name) is None]
    if benchmark.needs_linux and sys.platform != "linux":
        return Result(benchmark, {}, "it reads what only Linux tells")
    if missing:
        return Result(benchmark, {}, f"{', '.join(missing)} is not installed: `make bench` does that")
    return Result(benchmark, benchmark.run(scale))


def _console() -> Console:
    console = Console()
    # A table that is piped somewhere is read by people all the same: its lines are not broken at 80 characters.
    return console if console.is_terminal else Console(width=WIDTH)


def _chosen(names: Sequence[str]) -> list[Benchmark]:
    return [benchmark for benchmark in SUITE if not names or benchmark.name in names]


def _scale(options: argparse.Namespace) -> Scale:
    given = {name: getattr(options, name) for name in Scale.__slots__ if getattr(options, name) is not None}
    return dataclasses.replace(QUICK if options.quick else FULL, **given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: about a minute for all")
    parser.add_argument(
        "--only", action="append", default=[], choices=[each.name for each in SUITE], help="this one; may be repeated"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to a file")
    parser.add_argument("--strict", action="store_true", help="end with 1 when a floor is missed")
    parser.add_argument("--rounds", type=int, help="rounds counted")
    parser.add_argument("--seconds", type=float, help="of each turn")
    parser.add_argument("--records", type=int, help="in each turn of the outbox; a multiple of 100")
    parser.add_argument("--rows", type=int, help="waiting where the connector's memory is measured")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
