"""The SDK's types as its users' checkers see them: mypy and pyright infer the same, and find the same mistakes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

RIGHT = Path(__file__).resolve().parent / "public_surface.py"

# Each line that ends in "# wrong" must be found, and no other. A text, because our own checks would find them too.
WRONG = """\
from hirewire import ApplicationNote, ApplicationNoteKey, AsyncClient, Client

KEY = ApplicationNoteKey("urn:li:organization:1", "application", "note")


def blocking(client: Client) -> None:
    client.application_notes.upsert({KEY: "text"})  # wrong
    client.application_notes.upsert([KEY])  # wrong
    client.application_notes.upsert({KEY: ApplicationNote(note="x")}, time=5)  # wrong
    client.application_notes.delete("urn:li:organization:1")  # wrong
    client.provisioned_applications.update("urn:li:developerApplication:1", title="x")  # wrong
    print(client.candidate_notes)  # wrong
    Client(generation="v3")  # wrong
    Client("id", "secret")  # wrong


async def asynchronous(client: AsyncClient) -> None:
    result = client.application_notes.delete([KEY])
    print(result.ok)  # wrong
    client.with_options(generation="v3")  # wrong
"""


def mypy(files: list[Path], folder: Path) -> set[tuple[str, int]]:
    """What mypy complains about, run outside of the repository so that none of its settings applies."""
    options = ["--strict", "--config-file", "", "--cache-dir", str(folder), "--no-color-output"]
    command = [sys.executable, "-m", "mypy", *options, *map(str, files)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert shown.returncode in (0, 1), shown.stdout + shown.stderr
    return {
        (Path(name).name, int(line))
        for name, line in re.findall(r"^([^\n:]+):(\d+): error:", shown.stdout, re.MULTILINE)
    }


def pyright(files: list[Path], folder: Path) -> set[tuple[str, int]]:
    """What pyright complains about, likewise."""
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, *map(str, files)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    found = json.loads(shown.stdout)["generalDiagnostics"]
    errors = (each for each in found if each["severity"] == "error")
    return {(Path(each["file"]).name, each["range"]["start"]["line"] + 1) for each in errors}


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_the_checker_infers_the_results_and_finds_the_mistakes(
    checker: Callable[[list[Path], Path], set[tuple[str, int]]], tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong_uses.py"
    wrong.write_text(WRONG)
    expected = {(wrong.name, number) for number, line in enumerate(WRONG.splitlines(), 1) if line.endswith("# wrong")}
    assert checker([RIGHT, wrong], tmp_path) == expected
