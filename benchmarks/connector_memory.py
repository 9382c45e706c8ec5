"""Benchmark of the connector's memory: its real command works on a large backlog against a real platform, and the most
it ever held is read from the kernel. Linux only.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.benchmark import Benchmark, Measure, Scale
from benchmarks.figures import Comparison, Goal, Turn
from benchmarks.outbox import fill
from benchmarks.platform_server import LIMITS, ServedPlatform, platform
from benchmarks.processes import folder, stop
from benchmarks.workload import ORGANIZATION
from hirewire.db import open_database
from hirewire.sync import outbox

TURNS = 5
"""How many turns' time the connector works before it is looked at: it must be past its start."""


@contextlib.contextmanager
def _open(scale: Scale) -> Iterator[Mapping[str, Measure]]:
    with folder() as place, platform(place, f"sqlite:///{place}/platform.db") as served:
        database = f"sqlite:///{place}/outbox.db"
        with contextlib.closing(open_database(database)) as opened:
            outbox.prepare(opened)
            fill(opened, scale.rows)
        config = _write_config(place, database, served)
        yield {"connector": lambda: Turn(_peak_mb(config, place, scale.seconds * TURNS))}


def _write_config(place: Path, database: str, served: ServedPlatform) -> Path:
    limits = LIMITS["application_notes"]
    config = place / "connector.toml"
    config.write_text(
        f'[connector]\ndatabase = "{database}"\nbase_url = "{served.servers[0].url}"\n'
        f"[connector.limits.application_notes]\nrequests_per_day = 1000000000\n"
        f"records_per_minute = 1000000000\nrecords_per_batch = {limits.records_per_batch or 100}\n"
        f'[[connector.customers]]\norganization = "{ORGANIZATION}"\n'
        f'client_id = "{served.application.client_id}"\nclient_secret = "{served.application.client_secret}"\n',
        encoding="utf-8",
    )
    return config


def _peak_mb(config: Path, place: Path, seconds: float) -> float:
    with (place / "connector.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "hirewire", "sync", "run", "--config", str(config)], stderr=log, stdout=log
        )
    try:
        time.sleep(seconds)
        if process.poll() is not None:
            raise RuntimeError(f"the connector ended: {(place / 'connector.log').read_text()[-1_000:]}")
        return _high_water_mb(process.pid)
    finally:
        stop(process)


def _high_water_mb(process_id: int) -> float:
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


MEMORY = Benchmark(
    "memory",
    "most resident memory of `hirewire sync run` at work, with as many rows waiting as the scale says",
    "MB",
    (Comparison("connector", None, Goal(200, 200, at_most=True)),),
    _open,
    rounds_max=1,
    needs_linux=True,
)
