"""CHANGELOG.md has the form its readers and tools expect: versions in order, known headings, one line for one change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HEADINGS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
VERSION = re.compile(r"## \[(?P<number>\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}")


def complaints(text: str) -> list[str]:
    """What is wrong with a changelog, line by line; empty if nothing is."""
    lines = text.splitlines()
    found = [] if lines[:1] == ["# Changelog"] else ["line 1: expected '# Changelog'"]
    versions: list[tuple[int, ...]] = []
    in_heading = False
    for number, line in enumerate(lines[1:], start=2):
        if line.startswith("## "):
            in_heading = False
            match = VERSION.fullmatch(line)
            if match:
                versions.append(tuple(int(part) for part in match["number"].split(".")))
            elif line != "## [Unreleased]":
                found.append(f"line {number}: expected '## [Unreleased]' or '## [1.2.3] - 2026-01-31', got {line!r}")
            elif versions:
                found.append(f"line {number}: 'Unreleased' stands first")
        elif line.startswith("### "):
            in_heading = True
            if line.removeprefix("### ") not in HEADINGS:
                found.append(f"line {number}: expected one of {', '.join(HEADINGS)}, got {line!r}")
        elif line.startswith("- ") and not in_heading:
            found.append(f"line {number}: a change without a heading over it")
    if versions != sorted(versions, reverse=True) or len(set(versions)) != len(versions):
        found.append("versions are not in order, newest first")
    if "## [Unreleased]" not in lines:
        found.append("'## [Unreleased]' is missing")
    return found


def test_the_changelog_is_well_formed(repository: Path):
    assert complaints((repository / "CHANGELOG.md").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ("# Changes\n## [Unreleased]\n", "expected '# Changelog'"),
        ("# Changelog\n", "is missing"),
        ("# Changelog\n## [Unreleased]\n- lost\n", "without a heading"),
        ("# Changelog\n## [Unreleased]\n### New\n", "expected one of Added"),
        ("# Changelog\n## [Unreleased]\n## [1.0] - 2026-01-01\n", "expected '## [Unreleased]' or"),
        ("# Changelog\n## [Unreleased]\n## [1.9.0] - 2026-01-01\n## [1.10.0] - 2026-02-01\n", "not in order"),
        ("# Changelog\n## [1.0.0] - 2026-01-01\n## [Unreleased]\n", "stands first"),
    ],
)
def test_a_malformed_changelog_is_seen(broken: str, complaint: str):
    assert any(complaint in found for found in complaints(broken))
