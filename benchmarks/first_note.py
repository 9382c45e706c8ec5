"""Benchmark of patience: from starting the demonstration to the first note that is durable on its platform."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import apsw

from benchmarks.benchmark import Benchmark, Measure, Scale
from benchmarks.figures import Comparison, Goal, Turn
from benchmarks.processes import folder, stop

_TIMEOUT_S = 60.0
_POLL_S = 0.02


@contextlib.contextmanager
def _open(scale: Scale) -> Iterator[Mapping[str, Measure]]:
    with folder() as place:
        yield {"hirewire demo": lambda: Turn(_seconds_to_first_note(place / str(time.monotonic_ns())))}


def _seconds_to_first_note(place: Path) -> float:
    """The program `make run` starts, seen from outside."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "hirewire", "demo", "--once", "--folder", str(place)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not _holds_a_note(place / "platform.db"):
            if process.poll() is not None or time.monotonic() - started > _TIMEOUT_S:
                raise RuntimeError(f"no note arrived; the demonstration's folder was {place}")
            time.sleep(_POLL_S)
        return time.monotonic() - started
    finally:
        # As Ctrl-C does it: the demonstration ends its own children.
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGINT)
        stop(process)


def _holds_a_note(file: Path) -> bool:
    # Before the first note there is no file, then an empty one, then one without tables.
    with contextlib.suppress(apsw.Error):
        connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            return connection.execute("SELECT 1 FROM platform_record LIMIT 1").fetchone() is not None
        finally:
            connection.close()
    return False


FIRST_NOTE = Benchmark(
    "first-note",
    "from starting the demonstration of `make run`, warm, to the first note on its platform",
    "s",
    (Comparison("hirewire demo", None, Goal(3, 3, at_most=True)),),
    _open,
    rounds_max=3,
)
