"""``hirewire simulate``: a table, JSON, a chart, and plain words about what cannot be simulated."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from hirewire.cli.simulate import run

app = typer.Typer()
app.command()(run)


def invoke(*words: str):
    return CliRunner().invoke(app, list(words))


def test_a_shortened_day_as_json_and_chart(tmp_path: Path):
    picture = tmp_path / "chart.svg"
    result = invoke("light", "--hours", "0.05", "--json", "--seeds", "2", "--chart", str(picture), "--backfill", "10")
    assert result.exit_code == 0, result.output
    reports = json.loads(result.output)
    assert [(each["name"], each["seed"], each["violations"]) for each in reports] == [("light", 1, 0), ("light", 2, 0)]
    assert picture.read_text().startswith("<svg")


def test_a_trace_as_a_table(tmp_path: Path):
    trace = tmp_path / "day.csv"
    trace.write_text("at,customer\n" + "".join(f"{86_390_000 + number},a\n" for number in range(30)))
    result = invoke("--trace", str(trace))
    assert result.exit_code == 0, result.output
    assert "day.csv" in result.output


def test_what_cannot_be_simulated_is_said(tmp_path: Path):
    assert "'heavy' is no workload" in invoke("heavy").output
    trace = tmp_path / "bad.ndjson"
    trace.write_text("{}\n")
    assert "line 1" in invoke("--trace", str(trace)).output
    trace.write_text('{"at": 1}\n{"at": 86400000}\n')
    assert "more than one UTC day" in invoke("--trace", str(trace)).output
