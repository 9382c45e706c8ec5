"""``hirewire platform integration``, ``deliveries`` and ``export-candidate``: a customer's side of onboarding, and push
events. Like the other verbs they work on the database directly, whether a platform runs on it or not.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from hirewire.cli.config import ConfigFlag
from hirewire.cli.output import JsonFlag, Output
from hirewire.cli.platform_database import DatabaseFlag, platform_settings, platform_stores, said_as_usage
from hirewire.db import Transaction
from hirewire.platform import control_integrations as shown
from hirewire.platform.administration import context_urn
from hirewire.platform.callbacks import CallbackKey
from hirewire.platform.control_integrations import (
    IntegrationCreated,
    change_callback,
    create_integration,
    event_state,
    event_with_attempts,
    integration_key,
)
from hirewire.platform.customers import Choice
from hirewire.platform.events import ID_MAX, EventFilter, Replay
from hirewire.platform.onboarding import Onboarded, OnboardingError
from hirewire.platform.recruiting import export_candidate as export
from hirewire.platform.stores import Stores
from hirewire.runtime.clock import RealClock
from hirewire.values.time import Millis, from_iso, to_iso
from hirewire.values.urn import UrnKind

T = TypeVar("T")

integration_app = typer.Typer(
    no_args_is_help=True, help="What a customer's administrator does: create, enable and disable integrations."
)
deliveries_app = typer.Typer(
    no_args_is_help=True, help="Push events: what was sent where, what waits, and how to send it again."
)

OrganizationFlag = Annotated[str | None, typer.Option(help="The customer's organization: id or URN.")]
OrganizationArgument = Annotated[str, typer.Argument(metavar="ORGANIZATION", help="The customer: id or URN.")]
ContractFlag = Annotated[str | None, typer.Option(help="The customer's contract, for CSA_API and CRM_CSA_API.")]
TypeArgument = Annotated[str, typer.Argument(metavar="TYPE", help="The integration type, such as ONE_CLICK_EXPORT.")]
TenantFlag = Annotated[str, typer.Option("--tenant-type", help="RECRUITER or JOBS.")]
OffFlag = Annotated[bool, typer.Option("--off", help="Take it back.")]


def add_to(app: typer.Typer) -> None:
    """Put these commands under ``hirewire platform``."""
    app.add_typer(integration_app, name="integration")
    app.add_typer(deliveries_app, name="deliveries")
    app.command("export-candidate")(export_candidate)


# -- integrations


@integration_app.command("list")
def list_integrations(
    organization: OrganizationFlag = None,
    contract: ContractFlag = None,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """List integrations with what is configured and what is missing, those only configured so far as PENDING."""
    with said_as_usage():
        context = _context(organization, contract) if organization or contract else None
    found = _run(config, database, lambda tx, stores: shown.all_integrations(tx, stores, context))
    _show_integrations(found, json)


@integration_app.command()
def create(
    integration_type: TypeArgument,
    organization: OrganizationFlag = None,
    contract: ContractFlag = None,
    tenant_type: TenantFlag = "RECRUITER",
    name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    client_id: Annotated[str | None, typer.Option(help="Bind this application to the customer as well.")] = None,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """Create an integration for a customer; the partner configures it, then it can be enabled.

    With a contract, --organization says whose that contract is.
    """
    with said_as_usage():
        context = _context(organization, contract)
        owner = context_urn(organization, UrnKind.ORGANIZATION) if organization else None
        key = integration_key(context, integration_type, tenant_type)
        wish = IntegrationCreated(context, integration_type, tenant_type, name, client_id, owner)
        made = _write(config, database, lambda tx, stores, now: create_integration(tx, stores, key, wish, now))
    _show_integrations([made], json)


@integration_app.command()
def enable(
    integration_type: TypeArgument,
    organization: OrganizationFlag = None,
    contract: ContractFlag = None,
    tenant_type: TenantFlag = "RECRUITER",
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """Enable an integration and announce that; refused while a required configuration is missing."""
    request_id = shown.new_request_id(os.urandom)
    with said_as_usage():
        key = integration_key(_context(organization, contract), integration_type, tenant_type)
        done = _write(config, database, lambda tx, stores, now: stores.onboarding.enable(tx, key, request_id, now))
    _show_integrations([done], json)


@integration_app.command()
def disable(
    integration_type: TypeArgument,
    organization: OrganizationFlag = None,
    contract: ContractFlag = None,
    tenant_type: TenantFlag = "RECRUITER",
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """Disable an integration and announce that."""
    request_id = shown.new_request_id(os.urandom)
    with said_as_usage():
        key = integration_key(_context(organization, contract), integration_type, tenant_type)
        done = _write(config, database, lambda tx, stores, now: stores.onboarding.disable(tx, key, request_id, now))
    _show_integrations([done], json)


@integration_app.command("uses-acls")
def uses_acls(
    organization: OrganizationArgument,
    off: OffFlag = False,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Say that access control lists rule who sees the customer's records; then no viewers key is required."""
    _choose(config, database, organization, Choice.USES_ACLS, not off)


@integration_app.command("applicant-notifications")
def applicant_notifications(
    organization: OrganizationArgument,
    off: OffFlag = False,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Tick "Applicant notifications": from now on applicants are told what happens to their applications."""
    _choose(config, database, organization, Choice.APPLICANT_NOTIFICATIONS, not off)


def export_candidate(
    organization: OrganizationArgument,
    integration_type: Annotated[
        str, typer.Option("--type", help="ONE_CLICK_EXPORT or CRM_ONE_CLICK_EXPORT.")
    ] = "ONE_CLICK_EXPORT",
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """Export a candidate, as a recruiter does: the customer's callback is told (by the platform that is running)."""
    request_id = shown.new_request_id(os.urandom)
    with said_as_usage():
        urn = context_urn(organization, UrnKind.ORGANIZATION)
        done = _write(
            config, database, lambda tx, stores, now: export(tx, stores, urn, integration_type, request_id, now)
        )
    output = Output(json=json)
    if json:
        output.json(asdict(done))
        return
    output.line(f"Exported under request id {done.request_id}.")
    output.line(f"To be announced to {done.callback}." if done.callback else "Kept until a CALLBACK_URL is registered.")


# -- deliveries


@deliveries_app.command("list")
def list_deliveries(
    organization: OrganizationFlag = None,
    state: Annotated[str | None, typer.Option(help="waiting, delivered or parked.")] = None,
    count: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")] = 50,
    before: Annotated[int, typer.Option(min=1, help="Only events with a smaller id.")] = ID_MAX,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """List push events, the newest first."""
    with said_as_usage():
        customer = context_urn(organization, UrnKind.ORGANIZATION) if organization else None
        wanted = EventFilter(before, customer, event_state(state), count)
    events = _run(
        config, database, lambda tx, stores: [shown.shown_event(event) for event in stores.events.each(tx, wanted)]
    )
    columns = ("id", "created_at", "type", "context", "state", "attempts", "next_at", "customer")
    _show(events, columns, json)


@deliveries_app.command()
def attempts(
    event_id: Annotated[int, typer.Argument(metavar="ID", min=1, help="The event.")],
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """Show an event and every attempt to deliver it."""
    with said_as_usage():
        event = _run(config, database, lambda tx, stores: event_with_attempts(tx, stores, event_id))
    output = Output(json=json)
    if json:
        output.json(event)
        return
    output.line(f"{event['type']} of {event['context']}: {event['state']}")
    _show(event["deliveries"], ("number", "at", "status", "duration_ms", "url", "error"), json)


@deliveries_app.command()
def replay(
    organization: OrganizationArgument,
    first: Annotated[int, typer.Option(min=0, help="From this event id.")] = 0,
    last: Annotated[int, typer.Option(min=0, help="To this event id.")] = ID_MAX,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Created at this ISO time or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Created before this ISO time.")] = None,
    parked: Annotated[bool, typer.Option("--parked", help="Only what was given up.")] = False,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Send a range of events again, delivered ones too."""
    with said_as_usage():
        customer = context_urn(organization, UrnKind.ORGANIZATION)
        wanted = Replay(customer, first, last, _moment(since, 0), _moment(until, ID_MAX), parked)
        count = _write(config, database, lambda tx, stores, now: stores.events.replay(tx, wanted))
    Output().line(f"{count} events will be sent again.")


@deliveries_app.command()
def callbacks(
    organization: OrganizationFlag = None,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """List callbacks: where they are, and how deliveries and challenges go."""
    with said_as_usage():
        customer = context_urn(organization, UrnKind.ORGANIZATION) if organization else None
    found = _run(
        config, database, lambda tx, stores: [shown.shown_callback(each) for each in stores.callbacks.of(tx, customer)]
    )
    columns = ("organization", "integration_type", "url", "disabled", "failing_since", "last_success_at", "validation")
    _show(found, columns, json)


@deliveries_app.command("enable")
def enable_callback(
    organization: OrganizationArgument,
    integration_type: TypeArgument,
    tenant_type: TenantFlag = "RECRUITER",
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Enable a callback again; what it missed is sent at once."""
    _change_callback(config, database, organization, integration_type, tenant_type, "enable")


@deliveries_app.command("disable")
def disable_callback(
    organization: OrganizationArgument,
    integration_type: TypeArgument,
    tenant_type: TenantFlag = "RECRUITER",
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Send nothing to a callback; its events are kept."""
    _change_callback(config, database, organization, integration_type, tenant_type, "disable")


@deliveries_app.command()
def validate(
    organization: OrganizationArgument,
    integration_type: TypeArgument,
    tenant_type: TenantFlag = "RECRUITER",
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Challenge a callback again, also one that is blocked."""
    _change_callback(config, database, organization, integration_type, tenant_type, "validate")


def _change_callback(
    config: Path | None, database: str | None, organization: str, integration_type: str, tenant_type: str, change: str
) -> None:
    with said_as_usage():
        key = CallbackKey(context_urn(organization, UrnKind.ORGANIZATION), integration_type, tenant_type)
        done = _write(config, database, lambda tx, stores, now: change_callback(tx, stores, key, change, now))
    state = f"disabled ({done.health.disabled.value})" if done.health.disabled else "enabled"
    Output().line(f"{done.url} is {state}, its challenge: {done.standing.validation.value}.")


def _choose(config: Path | None, database: str | None, organization: str, choice: Choice, value: bool) -> None:
    with said_as_usage():
        urn = context_urn(organization, UrnKind.ORGANIZATION)
        _write(config, database, lambda tx, stores, now: stores.customers.choose(tx, urn, choice, value, now))
    Output().say(f"{urn}: {choice.value.replace('_', ' ')} is {'on' if value else 'off'}.")


# -- opening, and showing


def _run(config: Path | None, database: str | None, unit: Callable[[Transaction, Stores], T]) -> T:
    with platform_stores(platform_settings(config, database=database)) as (opened, stores):
        return opened.read_now(lambda tx: unit(tx, stores))


def _write(config: Path | None, database: str | None, unit: Callable[[Transaction, Stores, Millis], T]) -> T:
    with platform_stores(platform_settings(config, database=database)) as (opened, stores):
        return opened.write_now(lambda tx: unit(tx, stores, RealClock().now()))


def _context(organization: str | None, contract: str | None) -> str:
    if contract is not None:
        return context_urn(contract, UrnKind.CONTRACT)
    if organization is not None:
        return context_urn(organization, UrnKind.ORGANIZATION)
    raise OnboardingError("expected --organization or --contract: whose integration is it?")


def _moment(text: str | None, default: int) -> Millis:
    try:
        return Millis(default) if text is None else from_iso(text)
    except ValueError as error:
        raise OnboardingError(f"expected a time such as 2026-03-15T12:00:00Z: {error}") from None


def _show_integrations(integrations: list[Onboarded], json: bool) -> None:
    columns = ("integration_context", "integration_type", "tenant_type", "name", "status", "configured", "missing")
    _show([shown.shown_integration(each) for each in integrations], columns, json)


def _show(rows: list[dict[str, Any]], columns: tuple[str, ...], json: bool) -> None:
    output = Output(json=json)
    if json:
        output.json(rows)
        return
    output.table(
        [column.replace("_", " ") for column in columns], [[_cell(row, name) for name in columns] for row in rows]
    )


def _cell(row: dict[str, Any], name: str) -> object:
    value = row[name]
    if name in _MOMENTS and value is not None:
        return to_iso(Millis(value))
    return ", ".join(value) if isinstance(value, list) else value if value is not None else ""


_MOMENTS = frozenset({"at", "created_at", "next_at", "failing_since", "last_success_at"})
