"""What the connector's commands have in common: their settings, and the database the outbox is in."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import Field

from hirewire.cli.config import USUAL_FILE, settings_file
from hirewire.client import Client
from hirewire.db import Database, DatabaseUnavailable, open_database
from hirewire.db.url import SqliteFile, read_url
from hirewire.runtime.settings import Problem, Section, SettingsError, load
from hirewire.sync import outbox
from hirewire.sync.settings import ConnectorSettings, CustomerSettings, organization_urn

DatabaseFlag = Annotated[
    str | None,
    typer.Option("--database", help="Where the outbox is: sqlite:///FILE or postgresql://... (connector.database)."),
]


class ConnectorFile(Section):
    """A settings file as the connector reads it. One file may serve both sides of a trial."""

    connector: ConnectorSettings = Field(default_factory=lambda: ConnectorSettings.model_validate({}))
    platform: dict[str, Any] = Field(default_factory=dict, description="read by `hirewire platform` alone")


def connector_settings(config: Path | None, *, needs_customers: bool = False, **overrides: object) -> ConnectorSettings:
    """The connector's settings from file, environment and arguments.

    Raises:
        SettingsError: something is wrong, or no customer is named where one is needed.
    """
    file = settings_file(config)
    given = {f"connector.{name}": value for name, value in overrides.items()}
    settings = load(ConnectorFile, file=file, environ=os.environ, overrides=given).connector
    if needs_customers and not settings.customers:
        where = str(file) if file else f"no settings file (there is no {USUAL_FILE} here, and --config names none)"
        message = "no customer is named; add one [[connector.customers]] with organization, client_id and client_secret"
        raise SettingsError(Problem(where, "connector.customers", message))
    return settings


@contextlib.contextmanager
def outbox_database(settings: ConnectorSettings, *, create: bool = False) -> Iterator[Database]:
    """The database the outbox is in, its tables brought forward; closed at the end.

    Raises:
        DatabaseError: it cannot be opened; or it is a file that is not there, and ``create`` does not ask for it.
    """
    target = read_url(settings.database)
    if isinstance(target, SqliteFile) and not create and not target.path.exists():
        raise DatabaseUnavailable(
            f"{target.path}: there is no such database; `hirewire push` and `hirewire sync run` create it. "
            "Another one is named with --database, or in the settings: connector.database"
        )
    database = open_database(settings.database)
    try:
        outbox.prepare(database)
        yield database
    finally:
        database.close()


def customer_named(settings: ConnectorSettings, organization: str | None) -> CustomerSettings:
    """The customer of an organization (id or URN), or the only one there is.

    Raises:
        typer.BadParameter: there is none like that, or several to choose from.
    """
    customers = {customer.organization: customer for customer in settings.customers}
    if organization is None and len(customers) == 1:
        return settings.customers[0]
    if organization is None:
        raise typer.BadParameter(f"say whose: one of {', '.join(customers)}", param_hint="--organization")
    try:
        return customers[organization_urn(organization)]
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--organization") from None
    except KeyError as error:
        message = f"no customer of the settings is {error.args[0]}; there is {', '.join(customers)}"
        raise typer.BadParameter(message, param_hint="--organization") from None


def customer_client(settings: ConnectorSettings, customer: CustomerSettings, *, retries: int | None = None) -> Client:
    """A client that speaks for one customer, as the connector does."""
    return Client(
        client_id=customer.client_id,
        client_secret=customer.client_secret.get_secret_value(),
        base_url=settings.base_url,
        token_url=settings.token_url,
        generation=customer.generation,
        version=customer.version,
        protocol=customer.protocol,
        timeout=settings.timeout_s,
        retries=retries,
    )
