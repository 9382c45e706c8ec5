"""``hirewire demo``: platform, connector and a small ATS on this machine, live, with nothing to set up."""

from __future__ import annotations

import contextlib
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.live import Live

from hirewire.cli.demo import summary as telling
from hirewire.cli.demo.ats import Ats
from hirewire.cli.demo.ending import Ended, Ending
from hirewire.cli.demo.play import Play, Show
from hirewire.cli.demo.screen import Progress, line, panel
from hirewire.cli.demo.summary import Summary
from hirewire.cli.demo.world import CUSTOMER, ORGANIZATION, World, running
from hirewire.cli.exit_codes import ExitCode
from hirewire.cli.output import JsonFlag, Output
from hirewire.runtime.clock import Clock, RealClock

SEED = 2025
LINE_EVERY_S = 1.0

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command()
def demo(
    once: Annotated[
        bool, typer.Option("--once", envvar="ONCE", help="End after the summary, as without a terminal.")
    ] = False,
    port: Annotated[
        int, typer.Option(envvar="PORT", min=0, max=65_535, help="The platform's port; 0 is any free one.")
    ] = 0,
    folder: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Keep everything in this new folder (default: one that is removed)."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Show an ATS's notes arrive on a platform: all of it runs here, without an account and without a network.

    A small ATS with busy recruiters, the platform and the connector; then both sides are compared. It goes on until
    Ctrl-C; without a terminal it ends after the summary, with 0 if both sides are equal.
    """
    output, ending = Output(json=json), Ending()
    place, code = _place(folder), ExitCode.DEFECT
    try:
        with ending.on_signals():
            code = _run(place, port, output, ending, stays=sys.stdout.isatty() and not once and not json)
    finally:
        _leave(place, output, is_kept=folder is not None or code in (ExitCode.DEFECT, ExitCode.INCOMPLETE))
    raise typer.Exit(code)


def _place(folder: Path | None) -> Path:
    """Where everything is put."""
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="hirewire-demo-")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise typer.BadParameter(f"expected a new or empty folder, got {folder}", param_hint="--folder")
    return folder.resolve()


def _leave(place: Path, output: Output, *, is_kept: bool) -> None:
    """Clear up; where something went wrong, everything stays to be looked at."""
    if is_kept:
        output.say(f"Everything is kept in {place}.")
    else:
        shutil.rmtree(place)


def _run(place: Path, port: int, output: Output, ending: Ending, *, stays: bool) -> ExitCode:
    """The whole course; the exit code says whether both sides were equal when they were compared."""
    clock, code = RealClock(), ExitCode.INTERRUPTED
    begun = clock.monotonic()
    try:
        with running(place, port, clock, ending) as world, _ats(world, clock) as ats, _screen(output, clock) as show:
            dice = random.Random(SEED)  # noqa: S311 - recruiters, not keys
            play = Play(world, ats, clock, ending, dice, show, begun)
            play.fill()
            world.await_platform()
            output.say(f"The platform listens on {world.url}; everything is in {place}.")
            world.start_connector()
            play.go_live()
            play.settle()
            summary = play.summary()
            code = ExitCode.OK if summary.is_equal else ExitCode.INCOMPLETE
            _tell(output, summary, world, stays=stays)
            if stays:
                play.go_on()
    except Ended:
        output.say("Stopped." if code is not ExitCode.INTERRUPTED else "Stopped before both sides could be compared.")
    return code


@contextlib.contextmanager
def _ats(world: World, clock: Clock) -> Iterator[Ats]:
    world.prepare_outbox()
    with contextlib.closing(Ats(world.folder / "ats.db", CUSTOMER, clock)) as ats:
        yield ats


# ---------------------------------------------------------------- showing


@contextlib.contextmanager
def _screen(output: Output, clock: Clock) -> Iterator[Show]:
    """A live panel on a terminal; elsewhere a line a second, on standard error."""
    if output.is_json or not output.out.is_terminal:
        yield _Lines(output, clock).show
        return
    with Live(console=output.out, auto_refresh=False, transient=True) as live:
        yield lambda progress, news: live.update(panel(progress, news), refresh=True)


class _Lines:
    def __init__(self, output: Output, clock: Clock) -> None:
        self._output = output
        self._clock = clock
        self._told_at = 0.0

    def show(self, progress: Progress, news: list[str]) -> None:
        """One more look; not each is worth a line."""
        if self._clock.monotonic() - self._told_at >= LINE_EVERY_S:
            self._told_at = self._clock.monotonic()
            self._output.say(line(progress))


def _tell(output: Output, summary: Summary, world: World, *, stays: bool) -> None:
    if output.is_json:
        output.json(asdict(summary) | {"is_equal": summary.is_equal, "url": world.url, "folder": world.folder})
        return
    told = [(text, "") for text in ["", *telling.facts(summary)]]
    told += [(text, "green" if summary.is_equal else "red") for text in telling.verdict(summary)]
    if stays:
        told += [(text, "") for text in [*_hints(world, summary), ""]]
    # At once: each print of its own would draw the live panel below it anew.
    output.lines(told)


def _hints(world: World, summary: Summary) -> list[str]:
    note = summary.refused[0].note_id if summary.refused else "note-00001"
    place = world.folder
    return [
        "",
        "Running now",
        f"  platform   {world.url}  (log: {place / 'platform.log'})",
        f"  connector  from {place / 'ats.db'} to there  (log: {place / 'connector.log'})",
        "  ATS        its recruiters go on, a note every other second",
        "",
        "Try in another terminal",
        f"  cd {place}",
        *([] if shutil.which("hirewire") else [f"  alias hirewire='{_program()}'"]),
        "  hirewire status",
        f"  hirewire explain {note}",
        "  hirewire parked",
        f"  hirewire platform notes --organization {ORGANIZATION}",
        "  hirewire platform journal --count 5",
        f'  curl -H "Authorization: Bearer $(cat control-key)" "{world.url}/control/notes?organization={ORGANIZATION}"',
        "",
        "The same with your own data, NDJSON or CSV (docs/how-to/own-data.md)",
        "  hirewire push --dry-run YOUR-NOTES.csv",
        "  hirewire push YOUR-NOTES.csv",
        "",
        "Ctrl-C ends everything.",
    ]


def _program() -> str:
    """How to call this very installation from any folder."""
    script = Path(sys.executable).with_name("hirewire")
    return str(script) if script.exists() else f"{sys.executable} -m hirewire"
