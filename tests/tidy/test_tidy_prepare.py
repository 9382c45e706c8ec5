"""tools/prepare.py: installs when something changed and only then, and says in one sentence what stands in the way."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def prepare(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("prepare", repository / "tools/prepare.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["prepare"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path, prepare: ModuleType) -> Path:
    """A project whose environment is ready for ``test``, as far as files can tell."""
    for level in prepare.LEVELS.values():
        (tmp_path / level.lock).write_text("a==1\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    environment = prepare.Environment(tmp_path)
    environment.python.parent.mkdir(parents=True)
    environment.python.touch()
    environment._stamp("test").write_text(environment._wanted("test"), encoding="utf-8")
    return tmp_path


def test_nothing_is_done_twice(prepare: ModuleType, project: Path):
    assert prepare.Environment(project).is_ready("test")
    assert prepare.main("test", project) == 0


@pytest.mark.parametrize("changed", ["requirements-dev.lock", "pyproject.toml"])
def test_a_changed_file_asks_for_a_new_installation(prepare: ModuleType, project: Path, changed: str):
    (project / changed).write_text("b==2\n", encoding="utf-8")
    assert not prepare.Environment(project).is_ready("test")


def test_another_level_a_removed_python_or_another_folder_asks_for_a_new_installation(
    prepare: ModuleType, project: Path, tmp_path: Path
):
    assert not prepare.Environment(project).is_ready("bench")
    moved = project.rename(tmp_path.with_name(tmp_path.name + "-moved"))
    assert not prepare.Environment(moved).is_ready("test")
    moved.rename(project)
    prepare.Environment(project).python.unlink()
    assert not prepare.Environment(project).is_ready("test")


def test_a_missing_venv_is_one_sentence_naming_the_package(
    prepare: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for level in prepare.LEVELS.values():
        (tmp_path / level.lock).touch()
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(prepare.importlib.util, "find_spec", lambda name: None)
    assert prepare.main("run", tmp_path) == 1
    said = capsys.readouterr().err
    assert "apt-get install python3-venv" in said
    assert said.count("\n") == 1


def test_the_parts_of_a_fingerprint_cannot_run_into_each_other(prepare: ModuleType):
    assert prepare.fingerprint(b"ab", b"c") != prepare.fingerprint(b"a", b"bc")
