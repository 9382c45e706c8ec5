"""kill -9 of real processes at random moments: in the end the platform holds what the ATS holds."""

from __future__ import annotations

import functools
import json
import logging
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from hirewire.catalog.application_notes import ApplicationNote
from hirewire.catalog.call import Key
from hirewire.db import Database, open_database
from hirewire.platform.control import notes_range
from hirewire.platform.stores import Stores
from hirewire.runtime.clock import RealClock
from hirewire.sync import Change, outbox
from hirewire.sync.changes import write
from hirewire.sync.reports import read_status
from hirewire.sync.settings import ConnectorSettings
from tests.sync.world import CLIENT_ID, CLIENT_SECRET, ORGANIZATION, key, note, start_platform

CLOCK = RealClock()
NOTES = 60

_PLATFORM = """
import sys, json
from hirewire.platform.serve import serve
from hirewire.platform.settings import PlatformSettings
from hirewire.runtime.clock import RealClock
serve(PlatformSettings.model_validate(json.loads(sys.argv[1])), RealClock(), on_ready=lambda url: print("ready", flush=True))
"""
_CONNECTOR = """
import sys, json
from hirewire.sync.app import serve
from hirewire.sync.settings import ConnectorSettings
from hirewire.runtime.clock import RealClock
serve(ConnectorSettings.model_validate(json.loads(sys.argv[1])), RealClock())
"""


class Process:
    """A program of ours that is killed and started again."""

    def __init__(self, code: str, settings: dict[str, object], log: Path) -> None:
        self._command = [sys.executable, "-c", code, json.dumps(settings)]
        self._log = log
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.running = subprocess.Popen(self._command, stdout=log, stderr=log)

    def has_ended(self) -> bool:
        return self.running is not None and self.running.poll() is not None

    def last_words(self) -> str:
        return self._log.read_text()[-1_500:]

    def end(self, how: signal.Signals) -> int:
        assert self.running is not None
        self.running.send_signal(how)
        return self.running.wait(20)


class Ats:
    """What recruiters did, and the outbox they did it through."""

    def __init__(self, database: Database, dice: random.Random) -> None:
        self.database = database
        self.dice = dice
        self.notes: dict[Key, ApplicationNote] = {}
        self.modified = 0

    def work(self, deeds: int) -> None:
        changes = [self._deed(key(self.dice.randrange(NOTES))) for _ in range(deeds)]
        self.database.write_now(lambda tx: outbox.record(tx, [write(change) for change in changes], CLOCK.now()))

    def _deed(self, which: Key) -> Change:
        # Strictly growing, and of the past however fast it is written.
        self.modified = max(self.modified + 1, CLOCK.now() - 60_000)
        if which in self.notes and self.dice.random() < 0.3:
            del self.notes[which]
            return Change.delete(which, modified_at=self.modified)
        self.notes[which] = note(f"text {self.modified}", self.modified, self.modified)
        return Change.upsert(which, self.notes[which])


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.parametrize("kills", [4, pytest.param(60, marks=pytest.mark.soak)])
def test_whoever_is_killed_whenever_both_sides_end_equal(
    kind: str, kills: int, request: pytest.FixtureRequest, tmp_path: Path
):
    seed = random.randrange(2**32)
    logging.getLogger(__name__).warning("seed %d", seed)
    dice = random.Random(seed)
    url: str = request.getfixturevalue(f"{kind}_url")
    platform_url = f"sqlite:///{tmp_path}/platform.db"
    platform_database = open_database(platform_url)
    start_platform(platform_database, CLOCK)
    platform_database.close()
    port = _free_port()
    platform = Process(_PLATFORM, {"database": platform_url, "port": port, "secret_cost": 4}, tmp_path / "platform.log")
    settings = {
        "database": url,
        "base_url": f"http://127.0.0.1:{port}",
        "customers": [{"organization": "77", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}],
        "limits": {"application_notes": {"requests_per_day": 1_000_000, "records_per_batch": 7}},
        "timeout_s": 0.9,
        "quarantine_s": 0.3,
        "lease_s": 2,
        "poll_s": 0.02,
        "retry_first_s": 0.05,
        "retry_longest_s": 0.5,
        "hold_s": 0.5,
    }
    connector = Process(_CONNECTOR, settings, tmp_path / "connector.log")
    database = open_database(url)
    outbox.prepare(database)
    ats = Ats(database, dice)
    made = ConnectorSettings.model_validate(settings)
    platform.start()
    connector.start()
    try:
        for kill in range(kills):
            victim = platform if kill % 3 == 2 else connector
            # Wait for a sign of life, then a random moment of work, then the axe.
            before = _taken(database, made)
            ats.work(40)
            _wait(functools.partial(_has_moved, database, made, before), connector, platform, ats=ats)
            for _ in range(dice.randrange(30)):
                ats.work(5)
                CLOCK.pause(0.01)
            victim.end(signal.SIGKILL)
            victim.start()
        _wait(lambda: read_status(database, made, CLOCK.now()).backlog == 0, connector, platform)
        assert connector.end(signal.SIGTERM) == 0
        assert platform.end(signal.SIGTERM) == 0
        status = read_status(database, made, CLOCK.now())
        assert status.parked == ()
        assert status.alarms == ()
        assert _held(platform_url) == ats.notes
    finally:
        for process in (connector, platform):
            if process.running is not None and process.running.poll() is None:
                process.end(signal.SIGKILL)
        database.close()


def _taken(database: Database, settings: ConnectorSettings) -> int:
    return read_status(database, settings, CLOCK.now()).applications[0].records_taken_today


def _has_moved(database: Database, settings: ConnectorSettings, before: int) -> bool:
    return _taken(database, settings) > before


def _wait(condition: Callable[[], bool], *running: Process, ats: Ats | None = None) -> None:
    deadline = CLOCK.monotonic() + 40
    while not condition():
        is_over = CLOCK.monotonic() > deadline or any(process.has_ended() for process in running)
        assert not is_over, "nothing moves any more:\n" + "\n".join(process.last_words() for process in running)
        if ats is not None:
            ats.work(1)
        CLOCK.pause(0.02)


def _held(url: str) -> dict[Key, ApplicationNote]:
    database = open_database(url)
    stores = Stores.of(database, journal_rows=1)
    found = database.read_now(
        lambda tx: {
            tuple(record.key): msgspec.json.decode(record.body, type=ApplicationNote)
            for record in stores.records.each(tx, notes_range(ORGANIZATION, None))
        }
    )
    database.close()
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
