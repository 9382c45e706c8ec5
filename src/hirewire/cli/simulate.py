"""``hirewire simulate``: a day of traffic in virtual time, and how close to the best possible it was served."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from hirewire.cli.output import JsonFlag, Output
from hirewire.plan.demand import PATIENCE
from hirewire.simulation.chart import chart
from hirewire.simulation.connector import Terrain
from hirewire.simulation.report import Report, simulate
from hirewire.simulation.traffic import TraceError, Traffic, read_trace
from hirewire.simulation.workloads import WHALE, WORKLOADS, Day
from hirewire.values.time import DAY_MS, HOUR_MS, Millis, next_midnight

_MIDNIGHT = Millis(20_454 * DAY_MS)  # 2026-01-01T00:00:00Z; any would do
_HEAD = ("day", "seed", "records", "mean s", "p50 s", "p95 s", "p99 s", "max s", "bound s", "regret", "even mean/p99 s")
_TAIL = ("over limit", "dry s", "unspent", "backfill/s", "others beside/without the greedy, mean s")


app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command()
def run(
    workload: Annotated[
        list[str] | None, typer.Argument(help=f"Which days: {', '.join(WORKLOADS)}. All of them if none is named.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="How many days of each.")] = 1,
    first_seed: Annotated[int, typer.Option(help="The seed of the first; the others follow.")] = 1,
    hours: Annotated[float, typer.Option(min=0.05, max=24, help="Shorten the day, and its budget with it.")] = 24,
    service_ms: Annotated[int, typer.Option(min=0, help="How long the platform takes over a request.")] = 0,
    patience: Annotated[
        float, typer.Option(min=0.5, help="How long a record waits for company, against even pacing's longest.")
    ] = PATIENCE,
    backfill: Annotated[int, typer.Option(min=0, help="Records of backfill that wait from the beginning.")] = 0,
    trace: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A recorded day instead: .csv or NDJSON.")
    ] = None,
    svg: Annotated[Path | None, typer.Option("--chart", help="Write a chart (SVG) to this file.")] = None,
    json: JsonFlag = False,
) -> None:
    """Serve a day of traffic in virtual time with the pricing of `hirewire.plan`, and report how it went.

    The connector does not use that pricing yet: it paces its requests by simpler rules.

    Regret is the mean delay of live changes over a lower bound that no planner can beat, computed from the same day.
    Nothing is sent anywhere.
    """
    output = Output(json=json)
    terrain = Terrain(service_ms=service_ms, patience=patience)
    unknown = [name for name in workload or () if name not in WORKLOADS]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is no workload: expected {', '.join(WORKLOADS)}")
    if trace:
        days: Iterator[Report] = iter([_replay(trace, terrain)])
    else:
        day = Day(_MIDNIGHT, int(hours * HOUR_MS))
        chosen = range(first_seed, first_seed + seeds)
        days = (_day(name, seed, day, terrain, backfill) for name in workload or WORKLOADS for seed in chosen)
    reports = list(days)
    if json:
        output.json(reports)
    else:
        output.table((*_HEAD, *_TAIL), map(_row, reports))
    if svg:
        svg.write_text(chart(reports), encoding="utf-8")


def _day(name: str, seed: int, day: Day, terrain: Terrain, backfill: int) -> Report:
    workload, draw = WORKLOADS[name], random.Random(seed).random  # noqa: S311 - weather, not secrets
    history, traffic = workload.history(day, draw), workload.traffic(day, draw)
    if backfill:
        traffic = replace(traffic, backfill={traffic.customers[0]: backfill})
    return simulate(name, traffic, history, day, terrain, seed=seed, greedy=WHALE)


def _replay(trace: Path, terrain: Terrain) -> Report:
    with trace.open(encoding="utf-8", newline="") as lines:
        try:
            traffic = read_trace(lines, is_csv=trace.suffix == ".csv")
        except TraceError as error:
            raise typer.BadParameter(str(error), param_hint="--trace") from None
    return _whole_day(trace.name, traffic, terrain)


def _whole_day(name: str, traffic: Traffic, terrain: Terrain) -> Report:
    first, last = traffic.moments[0], traffic.moments[-1]
    midnight = next_midnight(Millis(first))
    if last >= midnight:
        raise typer.BadParameter("the trace spans more than one UTC day: cut it at 00:00", param_hint="--trace")
    return simulate(name, traffic, None, Day(midnight), terrain)


def _row(report: Report) -> tuple[object, ...]:
    live, even, fairness = report.live, report.even, report.fairness
    return (
        report.name,
        report.seed,
        live.records,
        *(f"{value:.3f}" for value in (live.mean_s, live.p50_s, live.p95_s, live.p99_s, live.max_s)),
        f"{max(report.bound_batching_s, report.bound_window_s):.3f}",
        "-" if report.regret is None else f"{report.regret:.3f}",
        f"{even.mean_s:.3f} / {even.p99_s:.3f}",
        report.violations,
        f"{report.dry_s:g}",
        report.unspent,
        f"{report.backfill_per_s:.1f}",
        f"{fairness.beside.mean_s:.3f} / {fairness.alone.mean_s:.3f}" if fairness else "-",
    )
