"""Manners every command shares: help, versions, mistakes, exit codes, closed pipes, and hostile text."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hirewire as package
from hirewire.cli.exit_codes import EXIT_CODES, ExitCode, exit_code_of
from hirewire.cli.output import plain

ROOT = Path(__file__).parents[2]


def test_the_version_is_told_on_standard_output(hirewire):
    result = hirewire("--version")
    assert (result.returncode, result.stdout, result.stderr) == (0, f"hirewire {package.__version__}\n", "")


def test_the_version_waits_for_neither_parser_nor_colours():
    script = (
        "import sys; sys.argv = ['hirewire', '--version']\n"
        "from hirewire.cli.main import main\n"
        "try: main()\n"
        "finally: print(*(sys.modules.keys() & {'typer', 'rich', 'pydantic', 'uvicorn', 'apsw', 'httpx2'}))"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown.splitlines()[1] == ""


def test_help_names_every_command(hirewire):
    from hirewire.cli.command_line import COMMANDS

    shown = hirewire("--help").stdout
    assert all(f" {name} " in shown for name in COMMANDS)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["psuh"], "No such command 'psuh'"),
        (["--verison"], "No such option: --verison"),
        (["push"], "Missing argument 'FILE'"),
        (["explain"], "Missing argument 'ID'"),
        (["push", "absent.csv"], "absent.csv"),
        (["status", "--lots"], "No such option: --lots"),
    ],
)
def test_a_wrong_command_line_gets_one_sentence_and_a_way_on(hirewire, arguments, message):
    result = hirewire(*arguments)
    assert (result.returncode, result.stdout) == (ExitCode.USAGE, "")
    assert message in result.stderr
    assert "--help" in result.stderr and len(result.stderr.splitlines()) == 1


def test_a_reader_who_leaves_is_no_error(tmp_path):
    script = f"set -o pipefail; {sys.executable} -m hirewire --help | head -n 1"
    result = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Traceback" not in result.stderr and "Broken" not in result.stderr


@pytest.mark.parametrize("name", EXIT_CODES)
def test_every_error_with_an_exit_code_exists(name):
    module, _, error = name.rpartition(".")
    assert issubclass(getattr(import_module(module), error), Exception)


def test_the_nearest_class_decides():
    from hirewire.db.errors import DatabaseFull, DatabaseUrlError

    assert exit_code_of(DatabaseUrlError()) is ExitCode.SETTINGS
    assert exit_code_of(DatabaseFull()) is ExitCode.STORAGE
    assert exit_code_of(KeyError()) is ExitCode.DEFECT


def test_the_reference_shows_the_table_of_exit_codes():
    page = (ROOT / "docs/reference/exit-codes.md").read_text()
    assert [f"| {code.value} | {code.meaning} |" for code in ExitCode] == [
        line for line in page.splitlines() if line[:3].strip("| ").isdigit()
    ]


@given(st.text())
def test_no_record_can_steer_a_terminal(text):
    assert all(character.isprintable() or character == "\n" for character in plain(text))
