"""push, status, explain, parked, retry, check and sync run, as a person or a script uses them."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from hirewire.cli.exit_codes import ExitCode

from .conftest import PROGRAM, SECRET, clean_environment

GOOD = {"application_id": "app-1", "note": "Call back", "created_at": 1767735410000, "last_modified_at": 1767735410000}
BLANK = {**GOOD, "note": "   "}


def ndjson(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def notes(count: int, **members: object) -> list[dict[str, object]]:
    return [{**GOOD, "note_id": f"n-{number}", **members} for number in range(count)]


# ---------------------------------------------------------------- push


def test_push_takes_what_it_can_and_names_what_it_cannot(hirewire, settings, tmp_path):
    settings()
    ndjson(tmp_path / "notes.ndjson", *notes(2), {"note_id": "x"}, [1], {**GOOD, "note_id": "y", "created_at": "soon"})
    result = hirewire("push", "notes.ndjson")
    assert result.returncode == ExitCode.INCOMPLETE
    assert "2 queued" in result.stdout and "3 could not be read" in result.stdout
    places = [line.split(": ")[0:2] for line in result.stderr.splitlines()]
    assert places[0] == ["notes.ndjson:3", "application_id"] and places[2] == ["notes.ndjson:5", "created_at"]


def test_push_twice_changes_nothing_and_is_fine(hirewire, settings, tmp_path):
    settings()
    ndjson(tmp_path / "notes.ndjson", *notes(3))
    first, second = (json.loads(hirewire("push", "--json", "notes.ndjson").stdout) for _ in range(2))
    assert (first["queued"], first["unchanged"]) == (3, 0)
    assert (second["queued"], second["unchanged"]) == (0, 3)
    assert set(first) == {
        *("dry_run", "records", "queued", "unchanged", "superseded", "parked", "bad", "problems", "problems_omitted")
    }


def test_a_rehearsal_applies_the_platforms_rules_and_leaves_no_trace(hirewire, settings, tmp_path):
    settings()
    ndjson(tmp_path / "notes.ndjson", *notes(2), {**BLANK, "note_id": "b"})
    result = hirewire("push", "--dry-run", "notes.ndjson")
    assert result.returncode == ExitCode.INCOMPLETE
    assert "2 good" in result.stdout and "1 would be refused" in result.stdout
    assert "notes.ndjson:3" in result.stderr and "white space" in result.stderr
    assert not (tmp_path / "outbox.db").exists()


def test_many_problems_are_counted_and_written_down_not_all_shown(hirewire, settings, tmp_path):
    settings()
    ndjson(tmp_path / "notes.ndjson", *({"note_id": f"{number}"} for number in range(30)))
    result = hirewire("push", "notes.ndjson", "--errors", "errors.ndjson")
    assert len(result.stderr.splitlines()) == 21 and "10 more; all of them are in errors.ndjson" in result.stderr
    written = [json.loads(line) for line in (tmp_path / "errors.ndjson").read_text().splitlines()]
    assert len(written) == 30 and {"file", "line", "field", "reason"} <= set(written[0])


def test_push_reads_standard_input_and_the_organization_may_be_named(hirewire):
    line = json.dumps({**GOOD, "note_id": "n"}).encode()
    result = hirewire("push", "-", "--organization", "77", "--database", "sqlite:///x.db", stdin=line)
    assert result.returncode == 0, result.stderr
    assert "urn:li:organization:77" in hirewire("status", "--database", "sqlite:///x.db").stdout


@pytest.mark.parametrize(
    "flags, message",
    [
        (("--encoding", "klingon"), "expected an encoding such as utf-8"),
        (("--organization", "urn:li:person:1"), "expected an organization such as 12345"),
    ],
)
def test_wrong_flags_of_push(hirewire, settings, tmp_path, flags, message):
    settings()
    ndjson(tmp_path / "notes.ndjson", *notes(1))
    result = hirewire("push", "notes.ndjson", *flags)
    assert result.returncode == ExitCode.USAGE and message in result.stderr


# ---------------------------------------------------------------- settings and databases


def test_a_wrong_setting_is_named_with_its_line_and_no_secret_is_shown(hirewire, settings, tmp_path):
    file = settings()
    file.write_text(file.read_text().replace("client_secret", "client_secrett") + 'protocol = "3.0.0"\n')
    result = hirewire("status")
    assert result.returncode == ExitCode.SETTINGS
    assert "hirewire.toml:9: connector.customers[0].client_secrett: there is no such setting" in result.stderr
    assert "hirewire.toml:10: connector.customers[0].protocol" in result.stderr
    assert SECRET not in result.stderr + result.stdout


def test_arguments_win_over_the_environment_and_the_environment_over_the_file(hirewire, settings):
    settings()
    env = {"HIREWIRE_CONNECTOR__DATABASE": "sqlite:///env.db"}
    assert "env.db" in hirewire("status", env=env).stderr
    assert "flag.db" in hirewire("status", "--database", "sqlite:///flag.db", env=env).stderr


@pytest.mark.parametrize(
    "database, code",
    [
        ("sqlite:///absent.db", ExitCode.STORAGE),
        ("sqlite:///absent/folder.db", ExitCode.STORAGE),
        ("mysql://x:hidden-word@y/z", ExitCode.SETTINGS),
    ],
)
def test_a_database_that_cannot_be_used_is_named(hirewire, settings, database, code):
    settings()
    result = hirewire("status", "--database", database)
    assert result.returncode == code and len(result.stderr.splitlines()) == 1 and "hidden-word" not in result.stderr


def test_a_command_that_needs_a_customer_says_how_to_name_one(hirewire):
    result = hirewire("check")
    assert result.returncode == ExitCode.SETTINGS and "[[connector.customers]]" in result.stderr


# ---------------------------------------------------------------- status, explain, parked, retry


def test_status_and_stories_are_json_for_scripts_and_tables_for_people(hirewire, settings, tmp_path):
    settings()
    ndjson(tmp_path / "notes.ndjson", *notes(2))
    hirewire("push", "notes.ndjson")
    status = json.loads(hirewire("status", "--json").stdout)
    assert status["backlog"] == 2 and status["customers"][0]["backfill"]["count"] == 2
    assert "nobody sends them" in hirewire("status").stdout
    (story,) = json.loads(hirewire("explain", "app-1/n-1", "--json").stdout)
    assert story["note_id"] == "n-1" and story["events"][0]["what"] == "queued"
    assert "waits to be sent" in hirewire("explain", "n-1").stdout


def test_a_record_nobody_knows_has_no_story(hirewire, settings, tmp_path):
    settings()
    ndjson(tmp_path / "notes.ndjson", *notes(1))
    hirewire("push", "notes.ndjson")
    result = hirewire("explain", "n-\x1b[2J", "--json")
    assert result.returncode == ExitCode.INCOMPLETE and json.loads(result.stdout) == []
    assert "\x1b" not in result.stderr and "knows no record" in result.stderr


def test_nobody_reading_is_no_error(settings, tmp_path, hirewire):
    settings()
    ndjson(tmp_path / "notes.ndjson", *notes(1))
    hirewire("push", "notes.ndjson")
    for flags in ((), ("--json",)):
        reader, writer = os.pipe()
        os.close(reader)
        command = [*PROGRAM, "status", *flags]
        done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, cwd=tmp_path, env=clean_environment())
        os.close(writer)
        assert (done.returncode, done.stderr) == (ExitCode.READER_GONE, b"")


@pytest.mark.parametrize("redirection, code", [(">&-", 0), ("2>&-", 0), ("> /dev/full", ExitCode.STORAGE)])
def test_streams_that_are_closed_or_full(settings, tmp_path, hirewire, redirection, code):
    settings()
    ndjson(tmp_path / "notes.ndjson", *notes(1))
    hirewire("push", "notes.ndjson")
    for flags in ("", " --json"):
        command = f"{shlex.join(PROGRAM)} status{flags} {redirection}"
        done = subprocess.run(
            command, shell=True, cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == code and len(done.stderr.splitlines()) <= 1, done.stderr


# ---------------------------------------------------------------- with a platform


def follow(folder: Path, until) -> list[dict]:
    """Run ``sync run --json`` until one of its lines is what is waited for; then Ctrl-C, which must end it with 0."""
    command = [*PROGRAM, "sync", "run", "--json"]
    heard: list[dict] = []
    is_told = False
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=clean_environment()
    ) as run:
        assert run.stdout is not None and run.stderr is not None
        for line in run.stdout:
            heard.append(json.loads(line))
            if until(heard[-1]) and not is_told:
                run.send_signal(signal.SIGINT)
                is_told = True
        assert (run.wait(), run.stderr.read()) == (0, b"")
    return heard


def test_records_go_from_a_file_to_the_platform_and_the_refused_ones_back_to_be_mended(
    hirewire, settings, tmp_path, platform_url
):
    settings(platform_url)
    ndjson(tmp_path / "notes.ndjson", *notes(150), {**BLANK, "note_id": "blank"})
    assert hirewire("push", "notes.ndjson").returncode == 0
    heard = follow(tmp_path, lambda event: event["event"] == "status" and event["backlog"] == 0)
    assert heard[-1]["applications"][0]["records_taken_today"] == 150
    assert not any("Call back" in json.dumps(event) for event in heard)

    (parked,) = json.loads(hirewire("parked", "--json").stdout)
    assert parked["note_id"] == "blank" and "white space" in parked["reason"]
    assert "white space" in hirewire("parked").stdout
    assert hirewire("parked", "--export", "mend.ndjson").stdout == ""
    mended = json.loads((tmp_path / "mend.ndjson").read_text()) | {"note": "Mended", "last_modified_at": 1767735410001}
    ndjson(tmp_path / "mend.ndjson", mended)
    assert json.loads(hirewire("push", "mend.ndjson", "--json").stdout)["queued"] == 1
    follow(tmp_path, lambda event: event["event"] == "status" and event["backlog"] == 0)
    assert "the platform has version" in hirewire("explain", "blank").stdout
    assert json.loads(hirewire("retry", "--json").stdout) == {"retried": 0}


@pytest.mark.parametrize(
    "change, code, failing",
    [
        ({}, ExitCode.OK, None),
        ({"secret": "another-secret-0123456789"}, ExitCode.NOT_ALLOWED, "token"),
        ({"organization": "999"}, ExitCode.NOT_ALLOWED, "access"),
        ({"url": "http://127.0.0.1:9"}, ExitCode.UNREACHABLE, "reach"),
    ],
)
def test_check_says_what_is_not_in_place(hirewire, settings, platform_url, change, code, failing):
    settings(**{"url": platform_url, **change})
    result = hirewire("check", "--json")
    report = json.loads(result.stdout)
    broken = [finding for finding in report["findings"] if not finding["is_ok"]]
    assert (result.returncode, report["is_ok"]) == (code, failing is None)
    assert [finding["what"] for finding in broken] == ([failing] if failing else [])
    assert all(finding["next_step"] for finding in broken)


def test_a_service_ends_with_whoever_started_it(settings, tmp_path, platform_url):
    settings(platform_url)
    command = [*PROGRAM, "--stop-with-stdin", "sync", "run", "--json"]
    pipe = subprocess.PIPE
    environment = clean_environment()
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdin=pipe, stdout=pipe, stderr=pipe) as run:
        assert run.stdin and run.stdout
        assert json.loads(run.stdout.readline())["event"] == "serving"
        run.stdin.close()
        assert run.wait(60) == 0
