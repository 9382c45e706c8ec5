"""The linter's bans and the import contracts can be red: each is given what it must refuse, in a copy of the tree."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("gates")  # one worker makes the copy, once

LINT_IMPORTS = "from importlinter.cli import lint_imports_command as main; main(['--no-cache'])"


def lint(repository: Path, name: str, source: str) -> str:
    """What ruff says of ``source`` if it stood in the file ``name``."""
    command = [sys.executable, "-m", "ruff", "check", "--quiet", "--no-cache", f"--stdin-filename={name}", "-"]
    return subprocess.run(command, input=source, cwd=repository, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("import time\n\nNOW = time.time()\n", "TID251"),
        ("import random\n\nDRAW = random.random()\n", "TID251"),
        ("import os\n\nHOME = os.environ['HOME']\n", "TID251"),
        ("from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n", "TID251"),
        ("import datetime as dt\n\nTHEN = dt.datetime(2026, 1, 1)\n", "DTZ001"),
        ("try:\n    run()\nexcept Exception:\n    pass\n", "BLE001"),
        ("print('hello')\n", "T201"),
    ],
)
def test_the_linter_refuses_it_in_a_layer_and_says_why(repository: Path, source: str, code: str):
    assert code in lint(repository, "src/hirewire/wire/example.py", source)


def test_the_linter_lets_a_composition_root_read_the_environment(repository: Path):
    assert "TID251" not in lint(repository, "src/hirewire/cli/example.py", "import os\n\nHOME = os.environ['HOME']\n")


@pytest.fixture(scope="module")
def copy(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and the contracts, with one file each that breaks a contract."""
    root = tmp_path_factory.mktemp("contracts")
    shutil.copytree(repository / "src/hirewire", root / "hirewire", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(repository / "pyproject.toml", root)
    for package, source in {
        "values": "import time\n",
        "wire": "import hirewire.catalog\n",
        "stray": "",
        "platform": "import apsw\n\nimport hirewire.sync.example\n",
        "sync": "",
    }.items():
        folder = root / "hirewire" / package
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
        (folder / "example.py").write_text(source, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def verdict(copy: Path) -> str:
    """What import-linter says of that copy."""
    command = [sys.executable, "-c", LINT_IMPORTS]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "complaint",
    [
        "hirewire.values is not allowed to import time",
        "hirewire.wire is not allowed to import hirewire.catalog",
        "hirewire.platform is not allowed to import hirewire.sync",
        "hirewire.platform.example -> apsw",
        "hirewire.stray",
    ],
)
def test_the_contracts_refuse_it(verdict: str, complaint: str):
    assert complaint in verdict
