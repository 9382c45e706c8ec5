"""``hirewire prospect-notes`` and the recruiters' verbs of ``hirewire platform``, as a person uses them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hirewire.cli.exit_codes import ExitCode

from .conftest import CLIENT_ID, PROGRAM, SECRET, clean_environment, run_in

CONTRACT = "urn:li:contract:77"
Platform = Callable[..., dict]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("platform")


@pytest.fixture(scope="module")
def platform(place: Path) -> Platform:
    """Run ``hirewire platform ARGUMENTS`` on a database with a contract, a person and a seat; what it shows as JSON."""

    def run(*arguments: str) -> dict:
        done = run_in(place, "platform", *arguments, "--json", "--database", f"sqlite:///{place}/platform.db")
        assert done.returncode == 0, done.stderr
        shown: dict = json.loads(done.stdout)
        return shown

    credentials = ("--client-id", CLIENT_ID, "--client-secret", SECRET)
    database = ("--database", f"sqlite:///{place}/platform.db")
    run_in(place, "platform", "provision", "--organization", "123", "--contract", "77", *credentials, *database)
    run("contract", "create", "77", "--organization", "123")
    run("person", "create", "Ann", "Lee", "--id", "ann")
    run("person", "create", "Pat", "Poe", "--id", "pat")
    run("seat", "create", "77", "--person", "ann", "--id", "7", "--role", "SOURCER")
    return run


@pytest.fixture(scope="module")
def url(place: Path, platform: Platform) -> Iterator[str]:
    command = [*PROGRAM, "platform", "serve", "--database", f"sqlite:///{place}/platform.db", "--port", "0", "--json"]
    with (place / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=clean_environment(), cwd=place)
    with server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())["url"]
        server.terminate()


def test_notes_from_the_recruiters_hand_to_the_partners_screen(hirewire, settings, platform: Platform, url: str):
    settings(url)
    first = platform("prospect-note", "create", "--seat", "7", "--person", "pat", "Met at\na fair")
    second = platform("prospect-note", "create", "--seat", "7", "--person", "pat", "Other")
    platform("prospect-note", "edit", str(first["id"]), "Met twice", "--seat", "7")
    platform("prospect-note", "delete", str(second["id"]), "--seat", "7")
    shown = hirewire("prospect-notes", "list", "--contract", "77", "--json")
    assert shown.returncode == 0, shown.stderr
    notes = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [(note["id"], note["active"], note["note"]) for note in notes] == [
        (first["id"], True, "Met twice"),
        (second["id"], False, "Other"),
    ]
    window = ("--after", str(first["created"] - 1), "--before", "2100-01-01T00:00:00Z")
    table = hirewire("prospect-notes", "list", "--contract", CONTRACT, "--owner", "7", *window[:2])
    assert "Met twice" in table.stdout and "urn:li:seat:7" in table.stdout
    closed = hirewire(
        *("prospect-notes", "list", "--contract", CONTRACT, "--json", *window[:2]),
        *("--before", str(notes[-1]["last_modified"])),
    )
    assert [json.loads(line) for line in closed.stdout.splitlines()] == notes
    listed = platform("prospect-note", "list", "77")
    assert [note["id"] for note in listed] == [first["id"], second["id"]]
    assert {"contract": CONTRACT, "organization": "urn:li:organization:123"} in list(platform("contract", "list"))
    assert [seat["seat"] for seat in platform("seat", "list", "77")] == ["urn:li:seat:7"]
    assert [person["person"] for person in platform("person", "list")] == ["urn:li:person:ann", "urn:li:person:pat"]


def test_many_notes_are_made_up(hirewire, place: Path, platform: Platform):
    database = ("--database", f"sqlite:///{place}/platform.db")
    span = ("--since", "2020-01-01T00:00:00Z", "--until", "2020-01-02T00:00:00Z")
    platform("contract", "create", "78", "--organization", "123")
    platform("seat", "create", "78", "--person", "ann", "--id", "9")
    done = hirewire("platform", "prospect-note", "generate", "78", "--count", "1000", "--seed", "3", *span, *database)
    assert done.returncode == 0, done.stderr
    listed = platform("prospect-note", "list", "78", "--count", "2000")
    assert sum(note["text"].startswith("Generated note") for note in listed) == 1_000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--contract", "x"), "--contract"),
        (("--contract", "7", "--owner", "urn:li:person:1"), "--owner"),
        (("--contract", "7", "--after", "soon"), "--after"),
        ((), "contract"),
    ],
)
def test_a_wrong_command_line_is_said(hirewire, settings, arguments: tuple[str, ...], said: str):
    settings()
    done = hirewire("prospect-notes", "list", *arguments)
    assert done.returncode == ExitCode.USAGE and said in done.stderr


def test_somebody_elses_contract_and_a_platform_that_is_down(hirewire, settings, url: str):
    settings(url)
    assert hirewire("prospect-notes", "list", "--contract", "1").returncode == ExitCode.NOT_ALLOWED
    settings()
    assert hirewire("prospect-notes", "list", "--contract", "77").returncode == ExitCode.UNREACHABLE


def test_what_a_recruiter_may_not_do_is_said(hirewire, place: Path, platform: Platform):
    database = ("--database", f"sqlite:///{place}/platform.db")
    platform("contract", "create", "79", "--organization", "123")
    platform("seat", "create", "79", "--person", "ann", "--id", "8", "--state", "INVITED")
    done = hirewire("platform", "prospect-note", "create", "--seat", "8", "--person", "pat", "x", *database)
    assert done.returncode == ExitCode.USAGE and "INVITED" in done.stderr
    assert platform("seat", "set-state", "8", "ACTIVE")["state"] == "ACTIVE"
