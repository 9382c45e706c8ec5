"""The built wheel runs with what it declares and nothing else: no package of the checks or tests can stand in."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from email.parser import Parser
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.xdist_group("wheel")  # one worker builds it, once

IMPORT_ALL = """
import importlib, pkgutil, hirewire
names = [each.name for each in pkgutil.walk_packages(hirewire.__path__, "hirewire.")]
for name in names:
    if not name.startswith(("hirewire.__main__", "hirewire.testing")):
        importlib.import_module(name)
print(hirewire.__file__)
"""


def closure(requirements: list[str]) -> set[str]:
    """The names of the installed distributions that these requirements lead to, on this machine."""
    found: set[str] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        extras = sorted(requirement.extras)
        fresh = {name, *(f"{name}[{extra}]" for extra in extras)} - found
        found |= fresh
        if fresh:
            waiting += _asked_by(name, extras)
    return {each for each in found if "[" not in each}


def _asked_by(name: str, extras: list[str]) -> list[Requirement]:
    chosen = []
    for text in metadata.requires(name) or []:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            requirement.marker = None
            chosen.append(requirement)
    return chosen


def link(distribution: str, site_packages: Path) -> None:
    """Make one installed distribution importable from ``site_packages``, without copying or downloading it."""
    installed = metadata.distribution(distribution)
    tops = {Path(file).parts[0] for file in installed.files or [] if Path(file).parts[0] != ".."}
    for top in tops - {"__pycache__"}:
        source = Path(str(installed.locate_file(top)))
        if source.exists() and not (site_packages / top).exists():
            (site_packages / top).symlink_to(source)


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as a user gets it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=repository, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the wheel and its declared dependencies only."""
    folder = tmp_path_factory.mktemp("alone") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site_packages)
    for distribution in closure(_declared(wheel)):
        link(distribution, site_packages)
    return folder / "bin/python"


def _declared(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode()).get_all("Requires-Dist") or []


def run(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run that interpreter away from the repository, deaf to the environment's PYTHON* variables."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))}
    return subprocess.run(
        [str(python), "-I", *arguments], cwd=python.parent, env=environment, capture_output=True, text=True, check=False
    )


def test_the_wheel_holds_the_package_its_marker_and_its_data_and_no_more(wheel: Path, repository: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.startswith("hirewire-")}
    package = repository / "src/hirewire"
    expected = {
        "hirewire/" + path.relative_to(package).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "hirewire/py.typed" in names
    assert names == expected


def test_every_module_imports_without_the_development_packages(python: Path):
    done = run(python, "-W", "error", "-c", IMPORT_ALL)
    assert done.returncode == 0, done.stderr
    assert "site-packages" in done.stdout


def test_the_command_answers(python: Path):
    done = run(python, "-m", "hirewire", "--version")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().split()[-1] == metadata.version("hirewire")


def test_a_package_the_wheel_does_not_declare_is_not_there(python: Path):
    done = run(python, "-c", "import pytest")
    assert "ModuleNotFoundError" in done.stderr
