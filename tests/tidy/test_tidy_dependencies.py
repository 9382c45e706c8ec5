"""Every dependency has its reason written down, and the lock files can be installed safely from any mirror."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock")
PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>[^ ;\\]+)")


def asked_for(project: dict[str, Any]) -> set[str]:
    """The names of all packages a pyproject.toml asks for: at run time, in extras, in groups."""
    lists = [
        project["project"].get("dependencies", []),
        *project["project"].get("optional-dependencies", {}).values(),
        *project.get("dependency-groups", {}).values(),
    ]
    return {canonicalize_name(Requirement(text).name) for each in lists for text in each}


def documented(page: str) -> dict[str, str]:
    """Package -> reason, from the tables of the page."""
    rows = re.findall(r"^\| ([a-z0-9._-]+) \| (.+) \|$", page, flags=re.MULTILINE)
    return {canonicalize_name(name): reason.strip() for name, reason in rows}


def lock_complaints(text: str) -> list[str]:
    """What is wrong with a lock file: an address in it, or a line that does not pin and hash."""
    found = [f"an address: {line.strip()}" for line in text.splitlines() if "://" in line or "index-url" in line]
    for entry in re.split(r"\n(?=\S)", text.strip()):
        if not PINNED.match(entry):
            found.append(f"no exact version: {entry.splitlines()[0]}")
        elif "--hash=sha256:" not in entry:
            found.append(f"no hash: {entry.splitlines()[0]}")
    return found


def pins(text: str) -> dict[str, str]:
    """Package -> version of a lock file."""
    return {canonicalize_name(m["name"]): m["version"] for m in map(PINNED.match, text.splitlines()) if m}


def test_every_dependency_is_documented_with_its_reason(repository: Path):
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    page = documented((repository / "docs/explanation/dependencies.md").read_text(encoding="utf-8"))
    assert asked_for(project) == set(page)
    assert all(len(reason.split()) >= 3 for reason in page.values())


def test_an_undocumented_dependency_is_seen():
    project = {"project": {"dependencies": ["Left_Pad>=1"]}, "dependency-groups": {"dev": ["right.pad[x]; 1 < 2"]}}
    project["dependency-groups"]["dev"] = ["right.pad[x]>=2"]
    assert asked_for(project) == {"left-pad", "right-pad"}
    assert documented("| Package | Reason |\n|---|---|\n| left-pad | Pads it. |\n") == {"left-pad": "Pads it."}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_versions_and_hashes_and_no_addresses(repository: Path, name: str):
    assert lock_complaints((repository / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("lock", "complaint"),
    [
        ("--index-url https" + "://mirror.example/simple\na==1 \\\n    --hash=sha256:00\n", "an address"),
        ("a==1\n", "no hash"),
        ("a>=1 \\\n    --hash=sha256:00\n", "no exact version"),
    ],
)
def test_an_unsafe_lock_is_seen(lock: str, complaint: str):
    assert any(found.startswith(complaint) for found in lock_complaints(lock))


@pytest.mark.parametrize("larger", LOCKS[1:])
def test_the_larger_locks_contain_the_smallest_in_the_same_versions(repository: Path, larger: str):
    smallest = pins((repository / LOCKS[0]).read_text(encoding="utf-8"))
    assert smallest.items() <= pins((repository / larger).read_text(encoding="utf-8")).items()


def test_everything_asked_for_is_locked(repository: Path):
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    locked = {name for lock in LOCKS for name in pins((repository / lock).read_text(encoding="utf-8"))}
    assert asked_for(project) - locked == {"uv"}, "only the locking tool itself stands outside of the locks"
