"""Everything a demonstration runs: a folder, a platform with one customer, the ATS, the connector; and looks at them."""

from __future__ import annotations

import contextlib
import http.client
import json
import secrets
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hirewire.catalog.application_notes import APPLICATION_NOTES
from hirewire.catalog.digest import ContentDigest
from hirewire.cli.demo.ats import Ats
from hirewire.cli.demo.children import Child, ChildEnded, hirewire_command
from hirewire.cli.demo.ending import Ending
from hirewire.db import open_database
from hirewire.runtime.clock import Clock
from hirewire.sync import outbox

ORGANIZATION = "2025"
CUSTOMER = f"urn:li:organization:{ORGANIZATION}"
CLIENT_ID = "demo-customer"
START_TIMEOUT_S = 60.0
CONTROL_TIMEOUT_S = 10.0
_POLL_S = 0.02

_SETTINGS = """\
# Made by `hirewire demo`; the commands it suggests read this file.

[platform]
database = "sqlite:///{folder}/platform.db"
control_key_file = "control-key"

[connector]
database = "sqlite:///{folder}/ats.db"
base_url = "{url}"
poll_s = 0.1

[[connector.customers]]
organization = "{organization}"
client_id = "{client_id}"
client_secret_file = "client-secret"
"""


@dataclass(frozen=True, slots=True)
class Holding:
    """What one side holds: how many notes, and a digest of their content that does not depend on their order."""

    count: int
    digest: str


class World:
    """The running whole. Made by ``running``; everything in it ends with that block."""

    def __init__(self, folder: Path, clock: Clock, ending: Ending) -> None:
        self.folder = folder
        self.settings_file = folder / "hirewire.toml"
        self.url = ""
        self.children: list[Child] = []
        self._control_key = secrets.token_urlsafe(24)
        self._client_secret = secrets.token_urlsafe(24)
        self._clock = clock
        self._ending = ending
        self._listening = threading.Event()
        self._status: dict[str, Any] = {}

    # ------------------------------------------------------------ starting and stopping

    def start_platform(self, port: int) -> None:
        """Serve the platform; the customer is provisioned when it listens."""
        self._write("control-key", self._control_key)
        self._write("client-secret", self._client_secret)
        self._write_settings()
        arguments = ("platform", "serve", "--config", str(self.settings_file), "--port", str(port), "--json")
        self._begin("platform", arguments, self._hear_platform)

    def prepare_outbox(self) -> None:
        """Make the outbox's tables in the ATS's database, as an ATS does once, when it is installed."""
        database = open_database(f"sqlite:///{self.folder / 'ats.db'}")
        try:
            outbox.prepare(database)
        finally:
            database.close()

    def await_platform(self) -> None:
        """Wait until the platform listens, then make the customer known to it."""
        # Imported here, beside the platform that is starting: at the top, the platform would have to wait for it.
        from hirewire.cli.demo.provisioning import provision

        deadline = self._clock.monotonic() + START_TIMEOUT_S
        while not self._listening.is_set():
            self.check()
            if self._clock.monotonic() > deadline:
                raise ChildEnded(f"The platform does not listen after {START_TIMEOUT_S:g} s; see {self.folder}.")
            self._ending.pause(_POLL_S)
        database = f"sqlite:///{self.folder / 'platform.db'}"
        provision(database, ORGANIZATION, CLIENT_ID, self._client_secret, self._clock)
        self._write_settings()

    def start_connector(self) -> None:
        """Send what the outbox holds."""
        self._begin("connector", ("sync", "run", "--config", str(self.settings_file), "--json"), self._hear_connector)

    def check(self) -> None:
        """Raise ``ChildEnded`` if one of the programs is gone."""
        for child in self.children:
            child.check()

    def stop(self) -> None:
        """End all programs, the youngest first: the connector still needs the platform for what is in flight."""
        while self.children:
            self.children.pop().stop()

    def _begin(self, name: str, arguments: tuple[str, ...], heard: Any) -> None:
        self.children.append(Child(name, arguments, self.folder / f"{name}.log", heard))

    def _hear_platform(self, event: dict[str, Any]) -> None:
        if event.get("event") == "listening":
            self.url = event["url"]
            self._listening.set()

    def _hear_connector(self, event: dict[str, Any]) -> None:
        if event.get("event") == "status":
            self._status = event

    def _write(self, name: str, secret: str) -> None:
        file = self.folder / name
        file.touch(mode=0o600)
        file.write_text(secret + "\n")

    def _write_settings(self) -> None:
        text = _SETTINGS.format(
            folder=self.folder, url=self.url or "http://127.0.0.1:1", organization=ORGANIZATION, client_id=CLIENT_ID
        )
        self.settings_file.write_text(text)

    # ------------------------------------------------------------ looking

    @property
    def status(self) -> dict[str, Any]:
        """The connector's latest word on where everything stands (``hirewire status --json``); empty before the first."""
        return self._status

    def platform_holding(self) -> Holding:
        """What the platform says it holds for the customer."""
        found = self._control(f"/control/notes?organization={ORGANIZATION}&limit=0")
        return Holding(found["total"], found["digest"])

    def platform_requests(self) -> int:
        """How many of today's requests the platform has counted."""
        usage = self._control(f"/control/applications/{CLIENT_ID}")["usage"]
        requests: int = usage.get(APPLICATION_NOTES.name, {}).get("requests_today", 0)
        return requests

    def parked(self) -> dict[str, str]:
        """The notes that are parked, by id, with the reason: what ``hirewire parked --json`` prints."""
        command = hirewire_command("parked", "--config", str(self.settings_file), "--json")
        shown = subprocess.run(command, stdout=subprocess.PIPE, check=True, start_new_session=True).stdout
        return {record["note_id"]: record["reason"] for record in json.loads(shown)}

    def _control(self, target: str) -> Any:
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=CONTROL_TIMEOUT_S)
        with contextlib.closing(connection):
            connection.request("GET", target, headers={"Authorization": f"Bearer {self._control_key}"})
            return json.loads(connection.getresponse().read())


def ats_holding(ats: Ats) -> Holding:
    """What the ATS holds, less the notes that are flawed on purpose."""
    digest = ContentDigest()
    for key, entity, flaw in ats.notes():
        if flaw is None:
            digest.add(key, entity)
    return Holding(digest.count, digest.hexdigest())


@contextlib.contextmanager
def running(folder: Path, port: int, clock: Clock, ending: Ending) -> Iterator[World]:
    """A world with its platform starting; everything in it is stopped when the block ends."""
    world = World(folder, clock, ending)
    try:
        world.start_platform(port)
        yield world
    finally:
        world.stop()
