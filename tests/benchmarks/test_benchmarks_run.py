"""Every benchmark runs, small, and says what it measured in the declared form. No figure is judged here."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks.suite import SUITE

REPOSITORY = Path(__file__).resolve().parents[2]
TINY = ("--rounds", "1", "--seconds", "0.05", "--records", "200", "--rows", "300")


class Spread(msgspec.Struct, forbid_unknown_fields=True):
    """Some figures."""

    median: float
    low: float
    high: float


class Figures(msgspec.Struct, forbid_unknown_fields=True):
    """The figures of one contender."""

    median: float
    low: float
    high: float
    rounds: list[float]


class Contender(msgspec.Struct, forbid_unknown_fields=True):
    """By the clock, and by processor time where that is known."""

    figure: Figures
    per_cpu_s: Figures | None


class Goal(msgspec.Struct, forbid_unknown_fields=True):
    """What is wanted."""

    target: float
    floor: float
    at_most: bool


class Comparison(msgspec.Struct, forbid_unknown_fields=True):
    """One contender against another."""

    ours: str
    peer: str | None
    ratio: Spread | None
    cpu_ratio: Spread | None
    goal: Goal | None
    verdict: str


class Benchmark(msgspec.Struct, forbid_unknown_fields=True):
    """One benchmark."""

    name: str
    title: str
    unit: str
    skipped: str | None
    contenders: dict[str, Contender]
    comparisons: list[Comparison]


class Document(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file, in its first format."""

    format: int
    at: str
    scale: dict[str, float]
    machine: dict[str, Any]
    packages: dict[str, str | None]
    sqlite: dict[str, str]
    benchmarks: list[Benchmark]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("benchmark_name", [each.name for each in SUITE])
def test_a_benchmark_runs_and_writes_its_figures(tmp_path: Path, benchmark_name: str):
    (benchmark,) = (each for each in SUITE if each.name == benchmark_name)
    missing = [name for name in benchmark.needs if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)}: installed by `make bench` only")
    file = tmp_path / "figures.json"
    ended = run(*TINY, "--only", benchmark_name, "--json", str(file))
    assert ended.returncode == 0, ended.stderr
    assert benchmark_name in ended.stdout
    document = msgspec.json.decode(file.read_bytes(), type=Document)
    (said,) = document.benchmarks
    assert (document.format, said.name, said.unit) == (1, benchmark.name, benchmark.unit)
    assert said.skipped is None or (benchmark.needs_linux and sys.platform != "linux")
    assert all(each.figure.median > 0 and len(each.figure.rounds) == 1 for each in said.contenders.values())
    assert [(each.ours, each.peer) for each in said.comparisons] == [
        (each.ours, each.peer) for each in benchmark.comparisons
    ]


def test_a_benchmark_without_its_packages_is_skipped_with_the_reason():
    code = (
        "import sys; from benchmarks import __main__ as m; from benchmarks.suite import SUITE\n"
        "import dataclasses, benchmarks.benchmark as b, json, benchmarks.report as r\n"
        "it = dataclasses.replace(SUITE[0], needs=('no_such_package',))\n"
        "print(json.dumps(r.as_json([m.run(it, b.QUICK)], b.QUICK, 'now')))"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    document = msgspec.json.decode(json.dumps(json.loads(ended.stdout)), type=Document)
    assert document.benchmarks[0].skipped == "no_such_package is not installed: `make bench` does that"
    assert document.benchmarks[0].comparisons == []


def test_an_unknown_benchmark_is_refused_with_the_known_ones():
    ended = run("--only", "nonsense")
    assert ended.returncode == 2
    assert "sqlite" in ended.stderr
