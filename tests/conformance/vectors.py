"""Where the shared vectors lie, and how a test module runs through them. They are no part of the project.

Absent a folder, a module that asks for vectors is skipped in one line: what is written in tests/wire stands on its own.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

FOLDER_VARIABLE = "HIREWIRE_VECTORS"
_BESIDE_THE_PROJECT = Path(__file__).parents[2].parent / "shared" / "vectors"


def folder() -> Path:
    """The vectors' folder: ``HIREWIRE_VECTORS``, or ``../shared/vectors`` from the project."""
    return Path(os.environ.get(FOLDER_VARIABLE) or _BESIDE_THE_PROJECT)


def require() -> None:
    """Skip the calling module where the vectors are absent."""
    if not folder().is_dir():
        pytest.skip(f"no vectors at {folder()}: set {FOLDER_VARIABLE}", allow_module_level=True)


def has(name: str) -> bool:
    """Whether the folder holds a file: another folder, with further cases, need not hold them all."""
    return (folder() / f"{name}.json").is_file()


def document(name: str) -> dict[str, Any]:
    """The whole of one file: ``cases`` and what the file says beside them."""
    found: dict[str, Any] = json.loads((folder() / f"{name}.json").read_text("utf-8"))
    return found


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of one file, all of them: a file that says another count is broken."""
    found = document(name)
    assert len(found["cases"]) == found["count"], name
    return list(found["cases"])
