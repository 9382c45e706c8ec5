"""The command ``hirewire``. Everything it can do is in command_line.py; here is only what must be quick."""

from __future__ import annotations

import sys
from typing import NoReturn

import hirewire


def main() -> NoReturn:
    """The program: run the command line it was given and end with its exit code."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        print(f"hirewire {hirewire.__version__}")
        sys.exit()
    # Imported now and not above: the parser and its colours cost more than all that --version does.
    from hirewire.cli.command_line import run

    sys.exit(run(arguments))
