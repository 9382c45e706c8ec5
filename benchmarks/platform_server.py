"""The whole platform as a process, and the platform's database with ``synchronous=NORMAL``, which no setting offers.

``python -m benchmarks.platform_server DATABASE_URL SYNCHRONOUS LIMITS_JSON`` serves it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import Served, serving
from benchmarks.workload import ORGANIZATION
from hirewire.db import Options, open_database
from hirewire.platform.administration import Administration, Provision, Provisioned
from hirewire.platform.app import create_app
from hirewire.platform.serve import Server, listen
from hirewire.platform.settings import LimitSettings, PlatformSettings
from hirewire.platform.stores import Stores
from hirewire.runtime.clock import RealClock
from hirewire.runtime.logs import make_log

CONTROL_KEY = "the control key of the benchmarks"
LIMITS = {"application_notes": LimitSettings(requests_per_day=10**12, records_per_minute=10**12)}
"""Throttles are counted and checked as ever, only too high to matter."""


@dataclass(frozen=True, slots=True)
class ServedPlatform:
    """Platforms on one database, and an application of theirs with a token."""

    servers: Sequence[Served]
    application: Provisioned
    token: str


@contextlib.contextmanager
def platform(folder: Path, database: str, *, synchronous: str = "FULL", processes: int = 1) -> Iterator[ServedPlatform]:
    """The platform on a database, started by its own command; every setting but the throttles is the default."""
    application = _provision(database)
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(_serving(folder, database, synchronous)) for _ in range(processes)]
        yield ServedPlatform(servers, application, fetch_token(servers[0].url, application))


def _serving(folder: Path, database: str, synchronous: str) -> contextlib.AbstractContextManager[Served]:
    if synchronous != "FULL":
        return serving(folder, "benchmarks.platform_server", database, synchronous)
    config = folder / "platform.toml"
    limits = "".join(
        f"[platform.limits.{name}]\nrequests_per_day = {each.requests_per_day}\n"
        f"records_per_minute = {each.records_per_minute}\n"
        for name, each in LIMITS.items()
    )
    config.write_text(f'[platform]\nport = 0\ncontrol_key = "{CONTROL_KEY}"\n{limits}', encoding="utf-8")
    return serving(folder, "hirewire", "platform", "serve", "--json", "--config", str(config), "--database", database)


def _provision(database: str) -> Provisioned:
    opened = open_database(database)
    try:
        stores = Stores.of(opened, journal_rows=1)
        administration = Administration(opened, stores, os.urandom, secret_cost=4)
        return administration.provision(Provision(ORGANIZATION), RealClock().now())
    finally:
        opened.close()


def fetch_token(url: str, application: Provisioned) -> str:
    """A fresh access token."""
    assert application.client_secret is not None  # it was made just now
    form = {
        "grant_type": "client_credentials",
        "client_id": application.client_id,
        "client_secret": application.client_secret,
    }
    request = urllib.request.Request(f"{url}/oauth/v2/accessToken", urllib.parse.urlencode(form).encode())
    with urllib.request.urlopen(request, timeout=30) as response:
        token: str = json.load(response)["access_token"]
    return token


def serve_with(database_url: str, synchronous: str) -> None:
    """As ``hirewire platform serve`` does it, but for one option of the database."""
    if synchronous not in ("FULL", "NORMAL"):
        raise ValueError(f"expected FULL or NORMAL, got {synchronous}")
    settings = PlatformSettings(port=0, database=database_url, limits=LIMITS)
    clock = RealClock()
    log = make_log(clock, level=settings.log_level, format=settings.log_format)
    with listen(settings.host, settings.port) as listener:
        database = open_database(database_url, Options(synchronous="FULL" if synchronous == "FULL" else "NORMAL"))
        app = create_app(settings, database, clock, log=log)
        Server(app, listener, log, _announce).run(sockets=[listener])
        database.close()


def _announce(url: str) -> None:
    print(json.dumps({"url": url}), flush=True)


if __name__ == "__main__":
    serve_with(*sys.argv[1:])
