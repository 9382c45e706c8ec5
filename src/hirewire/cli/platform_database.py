"""What every ``hirewire platform`` verb but ``serve`` begins with: the settings, the database, and how mistakes are said."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import Field

from hirewire.cli.config import settings_file
from hirewire.db import Database, open_database
from hirewire.platform.administration import AdministrationError
from hirewire.platform.arrivals import ArrivalError
from hirewire.platform.control import ControlError
from hirewire.platform.onboarding import OnboardingError
from hirewire.platform.settings import PlatformSettings
from hirewire.platform.stores import Stores
from hirewire.runtime.settings import Section, load

DatabaseFlag = Annotated[
    str | None,
    typer.Option(
        "--database", help="sqlite:///FILE or postgresql://... (default: the file hirewire-platform.db here)."
    ),
]


class PlatformFile(Section):
    """A settings file as the platform reads it."""

    platform: PlatformSettings = PlatformSettings()
    connector: dict[str, Any] = Field(default_factory=dict, description="read by the connector's commands alone")


def platform_settings(config: Path | None, **given: object) -> PlatformSettings:
    """The settings, with what stands on the command line over them."""
    overrides = {f"platform.{name}": value for name, value in given.items()}
    return load(PlatformFile, file=settings_file(config), environ=os.environ, overrides=overrides).platform


@contextlib.contextmanager
def platform_stores(settings: PlatformSettings) -> Iterator[tuple[Database, Stores]]:
    """The platform's database, open, with its stores."""
    database = open_database(settings.database)
    try:
        key = settings.sealing_key.get_secret_value() if settings.sealing_key else None
        yield database, Stores.of(database, journal_rows=settings.journal_rows, sealing_key=key)
    finally:
        database.close()


@contextlib.contextmanager
def said_as_usage() -> Iterator[None]:
    """What the caller typed is at fault: say so the way the command line says it."""
    try:
        yield
    except (AdministrationError, ArrivalError, ControlError, OnboardingError) as error:
        raise typer.BadParameter(str(error)) from None
