"""``hirewire sync run``: the connector as a service."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict

import typer

from hirewire.cli.config import ConfigFlag
from hirewire.cli.connector import DatabaseFlag, connector_settings
from hirewire.cli.output import JsonFlag, Output, ReaderGone
from hirewire.db import Database, DatabaseError, open_database
from hirewire.runtime.clock import Clock, RealClock
from hirewire.runtime.logs import make_log
from hirewire.sync import outbox
from hirewire.sync.app import serve
from hirewire.sync.reports import read_status
from hirewire.sync.settings import ConnectorSettings

STATUS_EVERY_S = 0.5

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="The connector: send what the outbox holds.",
)


@app.callback()
def _sync() -> None:
    """A group, so that `run` is a word of its own."""


@app.command()
def run(config: ConfigFlag = None, database: DatabaseFlag = None, json: JsonFlag = False) -> None:
    """Send every change of the outbox to the platform, and go on until Ctrl-C or SIGTERM.

    Requests in flight are finished and recorded first. With --json standard output has one JSON object a line: the log,
    and where everything stands ("event": "status", as `hirewire status --json`) whenever that changed.
    """
    settings = connector_settings(config, needs_customers=True, database=database)
    clock = RealClock()
    is_watched = sys.stderr.isatty() and not json
    stream = sys.stdout if json else sys.stderr
    log = make_log(clock, level=settings.log_level, format="console" if is_watched else "json", stream=stream)
    if is_watched:
        count = len(settings.customers)
        whom = settings.customers[0].organization if count == 1 else f"{count:,} customers"
        Output().say(f"Sending to {settings.base_url} for {whom}; Ctrl-C ends it.")
    with _telling_status(settings, clock) if json else contextlib.nullcontext():
        serve(settings, clock, log=log)


@contextlib.contextmanager
def _telling_status(settings: ConnectorSettings, clock: Clock) -> Iterator[None]:
    """Tell where everything stands, beside the connector and by a connection of our own, until the block ends."""
    database = open_database(settings.database)
    outbox.prepare(database)
    stop = threading.Event()
    teller = threading.Thread(target=_tell_status, args=(database, settings, clock, stop), name="status")
    teller.start()
    try:
        yield
    finally:
        stop.set()
        teller.join()
        database.close()


def _tell_status(database: Database, settings: ConnectorSettings, clock: Clock, stop: threading.Event) -> None:
    output, told = Output(json=True), None
    is_last = False
    while not is_last:
        is_last = stop.wait(STATUS_EVERY_S)
        # The connector meets the same trouble and reports it; and it goes on when nobody listens any more.
        with contextlib.suppress(DatabaseError, ReaderGone):
            status = read_status(database, settings, clock.now())
            if (status.customers, status.applications) != told:
                output.json_line({"event": "status", **asdict(status), "backlog": status.backlog})
            told = (status.customers, status.applications)
