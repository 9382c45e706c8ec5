"""The reference says what the commands and settings are, and the examples in the repository work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from hirewire.cli import command_line
from hirewire.cli.check import Finding
from hirewire.cli.demo.summary import Summary
from hirewire.sync.reports import Alarm, ApplicationStatus, CustomerStatus, Event, ParkedReason, Status, Story
from hirewire.sync.settings import ConnectorSettings, CustomerSettings, LimitSettings

ROOT = Path(__file__).parents[2]
CLI = (ROOT / "docs/reference/cli.md").read_text()


def options() -> Iterator[tuple[str, str]]:
    """Every command of ours with every option that only it has."""
    import typer

    shared = {"--help", "--json", "--config", "--database"}
    group = typer.main.get_command(command_line.app)
    for name in set(command_line.COMMANDS) - {"platform"}:
        command = group.get_command(None, name)  # type: ignore[attr-defined]  # a group
        for leaf in getattr(command, "commands", {name: command}).values():
            yield from (
                (name, option)
                for each in leaf.params
                for option in each.opts
                if option[:2] == "--" and option not in shared
            )


@pytest.mark.parametrize("command, option", sorted(options()))
def test_the_reference_names_every_option(command, option):
    assert f"`{option}" in CLI or f" {option} " in CLI, f"hirewire {command} {option}"


@pytest.mark.parametrize(
    "shown", [Status, CustomerStatus, ApplicationStatus, ParkedReason, Alarm, Story, Event, Finding, Summary]
)
def test_the_reference_names_every_member_of_the_json(shown):
    assert [field.name for field in fields(shown) if f"`{field.name}`" not in CLI] == []


def rows(model: type[BaseModel]) -> Iterator[str]:
    """The settings of one table as the reference shows them."""
    for name, field in model.model_fields.items():
        is_open = field.default is PydanticUndefined or field.default is None or isinstance(field.default, tuple)
        default = "" if is_open else f"`{json.dumps(field.default)}`"
        need = "required" if field.is_required() else default
        yield f"| `{name}` | {need} | {field.description or ''} |"


@pytest.mark.parametrize("model", [ConnectorSettings, CustomerSettings, LimitSettings])
def test_the_reference_shows_every_setting(model):
    page = (ROOT / "docs/reference/settings.md").read_text()
    assert [row for row in rows(model) if row not in page] == []


def test_the_examples_are_good(hirewire):
    files = [ROOT / "examples/notes.csv", ROOT / "examples/notes.ndjson"]
    result = hirewire("push", "--dry-run", "--organization", "1000", *files)
    assert (result.returncode, result.stderr) == (0, "") and "5 good" in result.stdout


def test_the_example_settings_are_good(tmp_path):
    from hirewire.cli.connector import ConnectorFile
    from hirewire.runtime.settings import load

    file = tmp_path / "hirewire.toml"
    file.write_text((ROOT / "examples/hirewire.toml").read_text())
    (tmp_path / "client-secret").write_text("secret\n")
    (customer,) = load(ConnectorFile, file=file, environ={}).connector.customers
    assert customer.organization == "urn:li:organization:1000"
