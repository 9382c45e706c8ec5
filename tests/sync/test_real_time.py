"""The documented limits in real time, between real processes: as long as the limits make it last, so for `make soak`."""

from __future__ import annotations

import io
import signal
from pathlib import Path

import pytest

from hirewire.db import open_database
from hirewire.platform.control import listed_notes, notes_range
from hirewire.platform.journal import Filter
from hirewire.platform.stores import Stores
from hirewire.runtime.clock import RealClock
from hirewire.sync import Added, outbox
from hirewire.sync.files import Reading
from hirewire.sync.pushing import push
from hirewire.sync.reports import read_status
from hirewire.sync.settings import ConnectorSettings
from tests.sync.test_killed import _CONNECTOR, _PLATFORM, Process, _free_port
from tests.sync.test_real_limits import digest_of, file_of
from tests.sync.world import CLIENT_ID, CLIENT_SECRET, ORGANIZATION, start_platform

CLOCK = RealClock()
PER_MINUTE = 10_000


@pytest.mark.soak
@pytest.mark.parametrize("count", [12_000, 100_000])
def test_a_file_arrives_within_the_limits_and_without_a_429(count: int, tmp_path: Path):
    platform_url, url = f"sqlite:///{tmp_path}/platform.db", f"sqlite:///{tmp_path}/outbox.db"
    held = open_database(platform_url)
    start_platform(held, CLOCK)
    port = _free_port()
    settings: dict[str, object] = {
        "database": url,
        "base_url": f"http://127.0.0.1:{port}",
        "customers": [{"organization": "77", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}],
    }
    waiting = open_database(url)
    outbox.prepare(waiting)
    data = file_of(count)
    pushed = push(waiting, [("f.ndjson", io.BytesIO(data))], Reading("77"), clock=CLOCK)
    assert pushed.added == {Added.QUEUED: count}
    platform = Process(_PLATFORM, {"database": platform_url, "port": port, "secret_cost": 4}, tmp_path / "platform.log")
    connector = Process(_CONNECTOR, settings, tmp_path / "connector.log")
    began = CLOCK.monotonic()
    platform.start()
    connector.start()
    try:
        made = ConnectorSettings.model_validate(settings)
        while read_status(waiting, made, CLOCK.now()).backlog:
            assert not connector.has_ended(), connector.last_words()
            assert CLOCK.monotonic() - began < 60 * (count / PER_MINUTE + 2), connector.last_words()
            CLOCK.pause(0.5)
    finally:
        ends = [process.end(signal.SIGTERM) for process in (connector, platform)]
    assert ends == [0, 0]
    # Nothing was ever refused, and no faster than allowed.
    assert CLOCK.monotonic() - began >= 60 * (count // PER_MINUTE - 1)
    stores = Stores.of(held, journal_rows=count)
    assert held.read_now(lambda tx: list(stores.journal.each(tx, Filter(status_min=400)))) == []
    found = held.read_now(lambda tx: listed_notes(tx, stores, notes_range(ORGANIZATION, None), 0, 0))
    expected = digest_of(data)
    assert (found["total"], found["digest"]) == (expected.count, expected.hexdigest())
    held.close()
    waiting.close()
