"""Writes the blocking client from the asynchronous one, so that both have one source. ``--check`` only compares.

Only the facade is written this way: flows are shared as they are, and the two drivers are too small to generate.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

CLIENT = Path(__file__).resolve().parent.parent / "src" / "hirewire" / "client"
SOURCE = CLIENT / "async_client.py"
TARGET = CLIENT / "sync_client.py"

# In this order: a longer spelling before the shorter one inside it.
_SPELLINGS = (
    (
        r"\A\"\"\".*?\"\"\"\n",
        '"""The blocking client. Written by tools/generate_client_facade.py from async_client.py: change that one."""\n',
    ),
    (r"# ruff: noqa: ASYNC109[^\n]*\n", "# ruff: noqa: UP028 - written from a generator that cannot say yield from\n"),
    (r", asynchronous\.", ", blocking."),
    (r"__aenter__", "__enter__"),
    (r"__aexit__", "__exit__"),
    (r"\basync (def|with|for)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAsync(?=[A-Z])", ""),
)


def blocking(source: str) -> str:
    """The text of the blocking client for a text of the asynchronous one, formatted."""
    for pattern, replacement in _SPELLINGS:
        source = re.sub(pattern, replacement, source, flags=re.DOTALL)
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(TARGET), "-"]
    formatted = subprocess.run(command, input=_sorted_imports(source), capture_output=True, text=True, check=True)
    return formatted.stdout


def _sorted_imports(source: str) -> str:
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--select",
        "I",
        "--fix-only",
        "--stdin-filename",
        str(TARGET),
        "-",
    ]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


def differs(source: Path = SOURCE, target: Path = TARGET) -> bool:
    """Whether the file on disk is not, to the last character, what would be written."""
    return not target.exists() or target.read_text(encoding="utf-8") != blocking(source.read_text(encoding="utf-8"))


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file is out of date")
    if parser.parse_args().check:
        if differs():
            print(f"{TARGET.name} is out of date: run python tools/generate_client_facade.py", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(blocking(SOURCE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
