"""A platform served by a process of its own, as people run it, and a caller on real sockets."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hirewire.db import open_database
from hirewire.platform.administration import Administration, Provision, Provisioned
from hirewire.platform.stores import Stores
from tests.platform.sandbox import CONTROL_KEY, NOON, ORGANIZATION

TIMEOUT_S = 30.0


class Served:
    """``hirewire platform serve`` on a free port; stopped by SIGTERM unless a test did worse to it."""

    def __init__(self, database_url: str, *arguments: str, folder: Path) -> None:
        self.database_url = database_url
        self.log_file = folder / "serve.log"
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "hirewire", "platform", "serve", "--database", database_url),
                    *("--port", "0", "--json", *arguments),
                ],
                stdout=subprocess.PIPE,
                stderr=log,
                env={
                    **os.environ,
                    "HIREWIRE_PLATFORM__CONTROL_KEY": CONTROL_KEY,
                    "HIREWIRE_PLATFORM__SECRET_COST": "4",
                },
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.log()
        self.url: str = json.loads(line)["url"]
        self.address = (str(urlsplit(self.url).hostname), int(urlsplit(self.url).port or 0))

    def log(self) -> str:
        return self.log_file.read_text("utf-8", "replace")

    def stop(self) -> int:
        """SIGTERM, then the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.end()

    def kill(self) -> None:
        self.process.kill()
        self.end()

    def end(self) -> int:
        code = self.process.wait(TIMEOUT_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    # -- applications

    def provision(self, organization: str = ORGANIZATION, client_id: str = "acme") -> Provisioned:
        """Provision on the same database, from another process than the server's."""
        database = open_database(self.database_url)
        try:
            stores = Stores.of(database, journal_rows=100)
            administration = Administration(database, stores, os.urandom, secret_cost=4)
            return administration.provision(Provision(organization, client_id=client_id, client_secret="secret"), NOON)
        finally:
            database.close()

    def token(self, client_id: str = "acme") -> str:
        form = f"grant_type=client_credentials&client_id={client_id}&client_secret=secret"
        token: str = self.ask("POST", "/oauth/v2/accessToken", form)[1]["access_token"]
        return token

    # -- asking

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(*self.address, timeout=TIMEOUT_S)

    def ask(
        self, verb: str, target: str, body: str | bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """One request on a connection of its own."""
        connection = self.connect()
        try:
            connection.request(verb, target, body, headers or {})
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"null")
        finally:
            connection.close()

    def control(self, verb: str, target: str, body: str = "") -> Any:
        return self.ask(verb, target, body, {"Authorization": f"Bearer {CONTROL_KEY}"})[1]

    def open_socket(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=TIMEOUT_S)

    def send_bytes(self, data: bytes) -> bytes:
        """Raw bytes there, everything that comes back until the platform closes."""
        with self.open_socket() as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR) if b"connection: close" not in data.lower() else None
            return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    """Everything until the other side closes, however it does that."""
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
    except ConnectionResetError:
        return received
    return received
