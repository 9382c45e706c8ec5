"""The demonstration as a person or a pipeline starts it: its end, its sums, and that it leaves nothing behind."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psutil
import pytest

from hirewire.cli.exit_codes import ExitCode

from .conftest import PROGRAM, clean_environment


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Temporary folders of demonstrations go where the test can see them."""
    (tmp_path / "tmp").mkdir()
    return {**clean_environment(), "TMPDIR": str(tmp_path / "tmp")}


def children_of(demo: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(demo.pid).children()


def assert_ended(children: list[psutil.Process]) -> None:
    assert psutil.wait_procs(children, timeout=60)[1] == []


def lines_until(stream: IO[str], wanted: str) -> Iterator[str]:
    for line in stream:
        yield line
        if wanted in line:
            return
    raise AssertionError(f"{wanted!r} was never said")


def read_terminal(ours: int, wanted: str | None = None) -> str:
    """What is shown until ``wanted``, or until the other end is closed."""
    shown = ""
    while wanted is None or wanted not in shown:
        try:
            shown += os.read(ours, 65_536).decode(errors="replace")
        except OSError:  # so a terminal says that its other end is closed
            break
    return shown


def test_once_ends_after_the_summary_with_both_sides_equal_and_leaves_nothing(tmp_path, environment):
    command = [*PROGRAM, "demo", "--json"]
    done = subprocess.run(command, cwd=tmp_path, env={**environment, "ONCE": "1"}, capture_output=True, timeout=240)
    assert done.returncode == 0, done.stderr.decode()
    summary = json.loads(done.stdout)
    assert summary["is_equal"] and summary["ats"] == summary["platform"] and summary["platform"]["count"] > 100
    assert len(summary["refused"]) == 3 and all(each["flaw"] and each["reason"] for each in summary["refused"])
    assert 0 < summary["requests_used"] < summary["requests_per_day"] == 100_000
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_port_in_use_is_named_and_the_log_is_kept(tmp_path, environment):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [*PROGRAM, "demo", "--once", "--folder", "here"]
        done = subprocess.run(
            command, cwd=tmp_path, env={**environment, "PORT": port}, capture_output=True, text=True, timeout=120
        )
    assert done.returncode == ExitCode.INCOMPLETE and "Traceback" not in done.stderr
    assert f"127.0.0.1:{port}" in done.stderr and (tmp_path / "here/platform.log").exists()


def test_a_folder_that_holds_something_is_not_touched(tmp_path, environment):
    (tmp_path / "mine.txt").write_text("keep me")
    command = [*PROGRAM, "demo", "--folder", "."]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == ExitCode.USAGE and "empty folder" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_may_be_ended_at_any_moment(tmp_path, environment, number):
    with subprocess.Popen([*PROGRAM, "demo"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stderr is not None
        list(lines_until(demo.stderr, "listens on"))
        children = children_of(demo)
        demo.send_signal(number)
        said = demo.stderr.read()
        assert demo.wait() == ExitCode.INTERRUPTED
    assert "Stopped before" in said and "Traceback" not in said
    assert_ended(children)
    assert children and list((tmp_path / "tmp").iterdir()) == []


def test_nothing_goes_on_when_it_is_killed(tmp_path, environment):
    with subprocess.Popen([*PROGRAM, "demo"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stderr is not None
        list(lines_until(demo.stderr, "connector:"))
        children = children_of(demo)
        demo.kill()
    assert len(children) == 2
    assert_ended(children)


def test_on_a_terminal_it_goes_on_until_ctrl_c(tmp_path, environment):
    ours, theirs = pty.openpty()
    environment |= {"TERM": "xterm", "COLUMNS": "200", "NO_COLOR": "1"}
    with subprocess.Popen(
        [*PROGRAM, "demo"], cwd=tmp_path, env=environment, stdout=theirs, stderr=subprocess.PIPE, text=True
    ) as demo:
        os.close(theirs)
        shown = read_terminal(ours, "Ctrl-C ends everything.")
        demo.send_signal(signal.SIGINT)
        shown += read_terminal(ours)
        assert demo.stderr is not None
        said = demo.stderr.read()
        assert demo.wait() == 0, said
    os.close(ours)
    assert "both sides hold the same" in shown and "hirewire status" in shown and f"cd {tmp_path}" in shown
    assert "\x1b[3" not in shown, "a colour, though NO_COLOR is set"
