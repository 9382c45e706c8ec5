"""``hirewire push``: records from files into the outbox."""

from __future__ import annotations

import codecs
import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Annotated, Any

import msgspec
import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from hirewire.cli.config import ConfigFlag
from hirewire.cli.connector import DatabaseFlag, connector_settings, outbox_database
from hirewire.cli.exit_codes import ExitCode
from hirewire.cli.output import JsonFlag, Output
from hirewire.runtime.clock import RealClock
from hirewire.sync import Added
from hirewire.sync.files import STDIN, BadLine, Reading
from hirewire.sync.pushing import Pushed, Watch, push, rehearse
from hirewire.sync.settings import ConnectorSettings, organization_urn

PROBLEMS_SHOWN = 20
PROBLEMS_IN_JSON = 1_000

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command("push")
def push_files(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            help="NDJSON or CSV in the documented record format; - reads standard input.",
        ),
    ],
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    organization: Annotated[
        str | None,
        typer.Option(help="Whose records these are, where a record does not say (default: the only customer)."),
    ] = None,
    encoding: Annotated[
        str, typer.Option(help="Of files without a byte order mark, for example windows-1252.")
    ] = "utf-8",
    errors: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write every problem to this file, one JSON object a line.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check everything; change nothing.")] = False,
    json: JsonFlag = False,
) -> None:
    """Put records from files into the outbox, from where `hirewire sync run` sends them.

    A line that cannot be used is reported with its file, line, field and reason; the others go in. Pushing the same
    file again changes nothing, so an interrupted push is simply repeated.
    """
    _check_files(files)
    settings = connector_settings(config, database=database)
    output = Output(json=json)
    reading = Reading(_organization(organization, settings), _known(encoding))
    organizations = [customer.organization for customer in settings.customers] or None
    clock = RealClock()
    with contextlib.ExitStack() as closing:
        problems = _Problems(output, closing.enter_context(errors.open("w", encoding="utf-8")) if errors else None)
        progress = closing.enter_context(_progress(output))
        watch = Watch(problems.add, progress.advance)
        sources = _opened(files, progress)
        if dry_run:
            pushed = rehearse(sources, reading, settings, clock, watch=watch, organizations=organizations)
        else:
            opened = closing.enter_context(outbox_database(settings, create=True))
            pushed = push(opened, sources, reading, clock=clock, watch=watch, organizations=organizations)
    problems.tell_rest(errors)
    _tell(output, pushed, problems, dry_run=dry_run)
    raise typer.Exit(ExitCode.OK if pushed.is_clean else ExitCode.INCOMPLETE)


def _check_files(files: Sequence[Path]) -> None:
    """Before anything is read: a name that is wrong must not show up after an hour's work."""
    for file in files:
        if str(file) != STDIN and (file.is_dir() or not file.exists()):
            fault = "is a folder; name the files in it" if file.is_dir() else "there is no such file"
            raise typer.BadParameter(f"{file}: {fault}", param_hint="FILE")


def _organization(given: str | None, settings: ConnectorSettings) -> str | None:
    if given is None:
        return settings.customers[0].organization if len(settings.customers) == 1 else None
    try:
        return organization_urn(given)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--organization") from None


def _known(encoding: str) -> str:
    try:
        info = codecs.lookup(encoding)
        b"".decode(info.name)
    except LookupError:
        message = f"expected an encoding such as utf-8 or windows-1252, got {encoding!r}"
        raise typer.BadParameter(message, param_hint="--encoding") from None
    return info.name


# ---------------------------------------------------------------- reading


class _Bytes:
    """Progress in bytes over all files, on a terminal; elsewhere it shows nothing."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._task: Any = None

    def begin(self, file: Path, number: int, count: int) -> None:
        """The next file is read."""
        if self._progress is not None:
            size = file.stat().st_size if str(file) != STDIN else None
            name = f"{file.name} ({number} of {count})" if count > 1 else file.name
            self._task = self._progress.add_task(name, total=size)

    def advance(self, count: int) -> None:
        """So many bytes of the current file were read."""
        if self._progress is not None:
            self._progress.update(self._task, completed=count)


@contextlib.contextmanager
def _progress(output: Output) -> Iterator[_Bytes]:
    if not output.err.is_terminal:
        yield _Bytes(None)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=output.err, transient=True) as progress:
        yield _Bytes(progress)


def _opened(files: Sequence[Path], progress: _Bytes) -> Iterator[tuple[str, IO[bytes]]]:
    for number, file in enumerate(files, 1):
        progress.begin(file, number, len(files))
        if str(file) == STDIN:
            yield "standard input", sys.stdin.buffer
        else:
            with file.open("rb") as stream:
                yield str(file), stream


# ---------------------------------------------------------------- telling


class _Problems:
    """What is wrong with single lines: the first ones are shown, all are counted and, where wanted, written down."""

    def __init__(self, output: Output, file: IO[str] | None) -> None:
        self.count = 0
        self.first: list[dict[str, Any]] = []
        self._output = output
        self._file = file

    def add(self, bad: BadLine) -> None:
        """One more."""
        self.count += 1
        if self._file is not None:
            self._file.write(msgspec.json.encode(asdict(bad)).decode() + "\n")
        if self._output.is_json and len(self.first) < PROBLEMS_IN_JSON:
            self.first.append(asdict(bad))
        if not self._output.is_json and self.count <= PROBLEMS_SHOWN:
            self._output.say(str(bad))

    def tell_rest(self, file: Path | None) -> None:
        """Where those are that were not shown."""
        more = self.count - PROBLEMS_SHOWN
        if more > 0 and not self._output.is_json:
            where = f"all of them are in {file}" if file else "--errors FILE writes all of them down"
            self._output.say(f"... and {more:,} more; {where}")


_DONE = {
    Added.QUEUED: "queued: `hirewire sync run` sends them",
    Added.UNCHANGED: "unchanged: known like this already",
    Added.SUPERSEDED: "superseded: older than what is known, not sent",
    Added.PARKED: "parked: they cannot be sent as they are; `hirewire parked` lists them",
}
_REHEARSED = {
    Added.QUEUED: "good: they would be queued, unless they are known like this already",
    Added.PARKED: "would be refused by the platform's rules",
}


def _tell(output: Output, pushed: Pushed, problems: _Problems, *, dry_run: bool) -> None:
    if output.is_json:
        counts = {added.value: pushed.added[added] for added in Added}
        summary = {"dry_run": dry_run, "records": pushed.records, **counts, "bad": pushed.bad}
        output.json(summary | {"problems": problems.first, "problems_omitted": problems.count - len(problems.first)})
        return
    output.line(f"{pushed.records:>10,} records read" + ("; nothing was changed (--dry-run)" if dry_run else ""))
    for added, meaning in (_REHEARSED if dry_run else _DONE).items():
        if pushed.added[added]:
            output.line(f"{pushed.added[added]:>10,} {meaning}")
    if pushed.bad:
        output.line(f"{pushed.bad:>10,} could not be read and were left out: mend those lines and push the file again")
