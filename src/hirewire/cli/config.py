"""Which settings file a command reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

USUAL_FILE = Path("hirewire.toml")

ConfigFlag = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="HIREWIRE_CONFIG",
        show_envvar=False,
        help=f"Settings file (default: $HIREWIRE_CONFIG, else {USUAL_FILE} in this folder, if there is one).",
    ),
]


def settings_file(config: Path | None) -> Path | None:
    """The file that was named, else the usual one if it is there."""
    return config or (USUAL_FILE if USUAL_FILE.exists() else None)
