"""``hirewire config``: what is set for a customer's integrations, shown and changed through the API.

Not here: the settings of hirewire itself (config.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from hirewire.catalog.integration_configurations import IntegrationConfiguration, IntegrationConfigurationKey
from hirewire.catalog.integration_types import CONFIGURATION_KEYS, TENANT_TYPES, configuration_key
from hirewire.cli.config import ConfigFlag
from hirewire.cli.connector import connector_settings, customer_client, customer_named
from hirewire.cli.exit_codes import ExitCode
from hirewire.cli.output import JsonFlag, Output
from hirewire.client import BatchResult

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="What is set for a customer's integrations.",
)

OrganizationFlag = Annotated[
    str | None, typer.Option("--organization", help="Whose: id or URN (default: the only customer).")
]
TenantTypeFlag = Annotated[
    str, typer.Option("--tenant-type", metavar="TYPE", help=f"Of the integrations: {' or '.join(TENANT_TYPES)}.")
]

_NAMES = ", ".join(f"{each.integration_type}/{each.name}" for each in CONFIGURATION_KEYS)


@app.callback()
def _group() -> None:
    """What is set for a customer's integrations."""


@app.command("list")
def list_configurations(
    organization: OrganizationFlag = None,
    tenant_type: TenantTypeFlag = TENANT_TYPES[0],
    config: ConfigFlag = None,
    json: JsonFlag = False,
) -> None:
    """Show every configuration the platform knows, with its value where one is set."""
    tenant_type = _tenant_type(tenant_type)
    settings = connector_settings(config, needs_customers=True)
    customer = customer_named(settings, organization)
    keys = [
        IntegrationConfigurationKey(customer.organization, each.integration_type, tenant_type, each.name)
        for each in CONFIGURATION_KEYS
    ]
    with customer_client(settings, customer) as client:
        result = client.integration_configurations.get(keys)
    result.raise_for_errors()
    values = {key: entity.value for key, entity in result.found.items()}
    output = Output(json=json)
    if json:
        output.json([{**_named(key), "value": values.get(key)} for key in keys])
    else:
        output.table(
            ["integration type", "name", "value"], [(key.integration_type, key.name, values.get(key)) for key in keys]
        )


@app.command("set")
def set_configurations(
    assignments: Annotated[
        list[str], typer.Argument(metavar="TYPE/NAME=VALUE...", help=f"What to set. There is {_NAMES}.")
    ],
    organization: OrganizationFlag = None,
    tenant_type: TenantTypeFlag = TENANT_TYPES[0],
    config: ConfigFlag = None,
    json: JsonFlag = False,
) -> None:
    """Set configurations, or replace their values."""
    tenant_type = _tenant_type(tenant_type)
    wishes = [_assignment(each) for each in assignments]
    settings = connector_settings(config, needs_customers=True)
    customer = customer_named(settings, organization)
    changes = {
        IntegrationConfigurationKey(customer.organization, integration_type, tenant_type, name): (
            IntegrationConfiguration(value)
        )
        for integration_type, name, value in wishes
    }
    with customer_client(settings, customer) as client:
        result = client.integration_configurations.upsert(changes)
    _show(Output(json=json), list(changes), result)


@app.command("delete")
def delete_configurations(
    names: Annotated[list[str], typer.Argument(metavar="TYPE/NAME...", help=f"What to delete, of {_NAMES}.")],
    organization: OrganizationFlag = None,
    tenant_type: TenantTypeFlag = TENANT_TYPES[0],
    config: ConfigFlag = None,
    json: JsonFlag = False,
) -> None:
    """Delete configurations; the platform allows it for the viewers' only."""
    tenant_type = _tenant_type(tenant_type)
    wishes = dict.fromkeys(_type_and_name(each, "TYPE/NAME") for each in names)
    settings = connector_settings(config, needs_customers=True)
    customer = customer_named(settings, organization)
    keys = [
        IntegrationConfigurationKey(customer.organization, integration_type, tenant_type, name)
        for integration_type, name in wishes
    ]
    with customer_client(settings, customer) as client:
        result = client.integration_configurations.delete(keys)
    _show(Output(json=json), keys, result)


def _show(
    output: Output, keys: Sequence[IntegrationConfigurationKey], result: BatchResult[IntegrationConfigurationKey]
) -> None:
    """What became of each configuration; the exit code says whether all are done."""
    failed = result.failed
    rows = [(key, _state(key, result), failed[key].message if key in failed else None) for key in keys]
    if output.is_json:
        output.json([{**_named(key), "state": state, "reason": reason} for key, state, reason in rows])
    else:
        output.table(
            ["integration type", "name", "state", "reason"],
            [(key.integration_type, key.name, state, reason) for key, state, reason in rows],
        )
    if not result.ok:
        raise typer.Exit(ExitCode.INCOMPLETE)


def _state(key: IntegrationConfigurationKey, result: BatchResult[IntegrationConfigurationKey]) -> str:
    if key in result.missing:
        return "missing"
    if key in result.failed:
        return "refused"
    return "done" if key in result.outcomes else "unknown"


def _named(key: IntegrationConfigurationKey) -> dict[str, Any]:
    return {"integration_type": key.integration_type, "tenant_type": key.tenant_type, "name": key.name}


def _assignment(text: str) -> tuple[str, str, str]:
    named, is_assigned, value = text.partition("=")
    if not is_assigned or not value:
        raise typer.BadParameter(f"expected TYPE/NAME=VALUE, got {text!r}", param_hint="TYPE/NAME=VALUE")
    return (*_type_and_name(named, "TYPE/NAME=VALUE"), value)


def _type_and_name(text: str, argument: str) -> tuple[str, str]:
    integration_type, _, name = text.partition("/")
    if configuration_key(name, integration_type) is None:
        message = f"there is no configuration {text!r}; there is {_NAMES}"
        raise typer.BadParameter(message, param_hint=argument)
    return integration_type, name


def _tenant_type(text: str) -> str:
    if text not in TENANT_TYPES:
        raise typer.BadParameter(f"expected {' or '.join(TENANT_TYPES)}, got {text!r}", param_hint="--tenant-type")
    return text
