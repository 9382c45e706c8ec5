"""The real command, as a process of its own: what a person types is what is tested."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Hirewire = Callable[..., subprocess.CompletedProcess[str]]

PROGRAM = (sys.executable, "-m", "hirewire")


def clean_environment() -> dict[str, str]:
    """This process's environment without settings that would reach the command, and without a terminal's wishes."""
    ours = ("HIREWIRE_", "ONCE", "PORT", "COLUMNS", "FORCE_COLOR", "NO_COLOR")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def run_in(
    folder: Path, *arguments: object, env: dict[str, str] | None = None, stdin: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """Run ``hirewire ARGUMENTS`` in a folder and give what it wrote and how it ended."""
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        cwd=folder,
        env={**clean_environment(), **(env or {})},
        input=stdin,
        capture_output=True,
        timeout=120,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def hirewire(tmp_path: Path) -> Hirewire:
    """Run ``hirewire ARGUMENTS`` in an empty folder of this test."""

    def run(*arguments: object, env: dict[str, str] | None = None, stdin: bytes = b""):
        return run_in(tmp_path, *arguments, env=env, stdin=stdin)

    return run


CLIENT_ID, SECRET = "test-customer", "a-secret-that-is-never-shown"

SETTINGS = """\
[connector]
database = "sqlite:///outbox.db"
base_url = "{url}"
poll_s = 0.05

[[connector.customers]]
organization = "123"
client_id = "{client_id}"
client_secret = "{secret}"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Path]:
    """Write ``hirewire.toml`` with one customer, 123, into the test's folder."""

    def write(url: str = "http://127.0.0.1:9", *, secret: str = SECRET, organization: str = "123") -> Path:
        file = tmp_path / "hirewire.toml"
        text = SETTINGS.format(url=url, client_id=CLIENT_ID, secret=secret)
        file.write_text(text.replace('"123"', f'"{organization}"'))
        return file

    return write


@pytest.fixture(scope="module")
def platform_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A platform of this module's own, as a process, with customer 123 provisioned."""
    folder = tmp_path_factory.mktemp("platform")
    database = f"sqlite:///{folder / 'platform.db'}"
    provision = ("platform", "provision", "--database", database, "--organization", "123")
    assert run_in(folder, *provision, "--client-id", CLIENT_ID, "--client-secret", SECRET).returncode == 0
    command = [*PROGRAM, "platform", "serve", "--database", database, "--port", "0", "--json"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=clean_environment(), cwd=folder)
    with server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())["url"]
        server.terminate()
