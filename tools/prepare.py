"""Prepares ``.venv`` for one level of work (run, test or bench); the Makefile calls it before everything else.

Standard library only. Instant when nothing has changed: what was installed is remembered by content, not by file times.
Not here: the question whether Python is new enough, which an old Python could not read; the Makefile asks it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Level:
    """What one kind of work needs installed; ``contains`` names the smaller levels that are then ready too."""

    lock: str
    contains: tuple[str, ...] = ()


# One environment serves all: the locks agree on every version they share, so the next level only adds.
LEVELS = {
    "run": Level("requirements.lock"),
    "test": Level("requirements-dev.lock", ("run",)),
    "bench": Level("requirements-bench.lock", ("run",)),
}

NO_VENV = (
    "Python's venv is missing here: install it (Debian and Ubuntu: sudo apt-get install python3-venv),"
    " then give the same command again."
)
NO_PACKAGES = (
    "Could not prepare .venv: the reason stands above. It needs the Python package index and nothing else;"
    " the same command tries again."
)


def fingerprint(*parts: bytes) -> str:
    """One short text for what an installation depends on; the parts cannot run into each other."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d:" % len(part) + part)
    return digest.hexdigest()


class Environment:
    """The folder ``.venv`` below ``root``: what it holds, and how it gets what it lacks."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.made_for = f"{root}\nPython {sys.version_info.major}.{sys.version_info.minor}\n"

    def is_ready(self, level: str) -> bool:
        """Whether everything of this level is installed as it should be now."""
        return self.python.exists() and _text(self._stamp(level)) == self._wanted(level)

    def make(self) -> None:
        """Make it where it is missing, broken, or made for another folder or Python.

        One that somebody else made here (an editor, another tool) is taken as it is.
        """
        note = self.folder / "hirewire.made-for"
        if self._runs() and _text(note) in ("", self.made_for):
            return
        subprocess.run([sys.executable, "-m", "venv", "--clear", self.folder], check=True)
        note.write_text(self.made_for, encoding="utf-8")

    def install(self, level: str) -> None:
        """Install the level's lock and then this project in place."""
        pip: list[str | Path] = [
            self.python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
            "--no-deps",
        ]
        # Wheels only: building a source distribution would fetch its build tools without a lock. Not compiled: Python
        # compiles what is imported, a fraction of what is installed.
        locked: list[str | Path] = [
            "--only-binary",
            ":all:",
            "--no-compile",
            "--require-hashes",
            "-r",
            self.root / LEVELS[level].lock,
        ]
        subprocess.run([*pip, *locked], check=True)
        subprocess.run([*pip, "--no-build-isolation", "--editable", self.root], check=True)
        for ready in (level, *LEVELS[level].contains):
            self._stamp(ready).write_text(self._wanted(ready), encoding="utf-8")

    def _runs(self) -> bool:
        if not self.python.exists():
            return False
        return subprocess.run([self.python, "-c", "import pip"], check=False, capture_output=True).returncode == 0

    def _stamp(self, level: str) -> Path:
        return self.folder / f"hirewire.{level}"

    def _wanted(self, level: str) -> str:
        files = (self.root / LEVELS[level].lock, self.root / "pyproject.toml")
        return fingerprint(self.made_for.encode(), *(path.read_bytes() for path in files))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main(level: str, root: Path = ROOT) -> int:
    """Prepare ``level``; returns the exit code, having said in one sentence what stands in the way."""
    environment = Environment(root)
    if environment.is_ready(level):
        return 0
    # Debian ships Python without this module; venv then fails half-way with a page of advice.
    if importlib.util.find_spec("ensurepip") is None:
        print(NO_VENV, file=sys.stderr)
        return 1
    print(f"Preparing .venv for `make {level}` (once; some ten seconds to a minute)", file=sys.stderr)
    try:
        environment.make()
        environment.install(level)
    except subprocess.CalledProcessError:
        print(NO_PACKAGES, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; the same command goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
