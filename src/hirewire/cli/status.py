"""``hirewire status``: where everything stands."""

from __future__ import annotations

from dataclasses import asdict

import typer

from hirewire.cli.config import ConfigFlag
from hirewire.cli.connector import DatabaseFlag, connector_settings, outbox_database
from hirewire.cli.output import JsonFlag, Output
from hirewire.runtime.clock import RealClock
from hirewire.sync.reports import ApplicationStatus, CustomerStatus, Status, read_status
from hirewire.values.time import HOUR_MS, MINUTE_MS, SECOND_MS, to_iso

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")

_CUSTOMER_COLUMNS = ("organization", "records", "live", "backfill", "in flight", "parked", "oldest waits", "state")
_APPLICATION_COLUMNS = ("application", "records", "requests today", "left", "records taken", "resets", "served by")
_PARKED_COLUMNS = ("organization", "parked", "reason")


@app.command("status")
def show_status(config: ConfigFlag = None, database: DatabaseFlag = None, json: JsonFlag = False) -> None:
    """Show what waits, what is parked and why, and what is left of today's budget."""
    settings = connector_settings(config, database=database)
    with outbox_database(settings) as opened:
        status = read_status(opened, settings, RealClock().now())
    output = Output(json=json)
    if json:
        output.json(asdict(status) | {"backlog": status.backlog})
    else:
        _tell(output, status)


def _tell(output: Output, status: Status) -> None:
    if not status.customers:
        output.line("No customer is named in the settings, and the outbox is empty.")
        return
    output.table(_CUSTOMER_COLUMNS, map(_customer, status.customers), title="Customers")
    if status.applications:
        output.table(_APPLICATION_COLUMNS, map(_application, status.applications), title="Budgets")
    if status.parked:
        rows = [(each.organization, each.count, each.reason) for each in status.parked]
        output.table(_PARKED_COLUMNS, rows, title="Parked; hirewire parked --export FILE writes them out to be mended")
    for alarm in status.alarms:
        output.line(f"{to_iso(alarm.at)} batch {alarm.batch} of {alarm.organization}: {alarm.what}", "red")
    output.line(_verdict(status))


def _verdict(status: Status) -> str:
    parked = sum(customer.parked for customer in status.customers)
    foreign = sum(backlog_of(customer) for customer in status.customers if not customer.is_configured)
    if foreign:
        return f"{foreign:,} records wait for customers the settings do not name: add them, or name the right --config."
    if status.backlog:
        is_idle = not any(application.served_by for application in status.applications)
        return f"{status.backlog:,} records wait" + (
            "; nobody sends them: start `hirewire sync run`." if is_idle else "."
        )
    return "Everything that can be sent is on the platform" + (f"; {parked:,} records are parked." if parked else ".")


def backlog_of(customer: CustomerStatus) -> int:
    """How many of a customer's records are still to be sent, or on their way."""
    return customer.live.count + customer.backfill.count + customer.in_flight


def _customer(customer: CustomerStatus) -> tuple[object, ...]:
    return (
        customer.organization,
        customer.kind.replace("_", " "),
        customer.live.count,
        customer.backfill.count,
        customer.in_flight,
        customer.parked,
        duration(customer.lag_ms) if customer.lag_ms else None,
        _state(customer),
    )


def _state(customer: CustomerStatus) -> str:
    if not customer.is_configured:
        return "not in the settings: nothing is sent"
    if customer.hold is not None:
        return f"on hold until {to_iso(customer.hold.until_at)}: {customer.hold.reason}"
    if customer.held_back:
        return f"{customer.held_back:,} wait for their moment"
    return "ok"


def _application(application: ApplicationStatus) -> tuple[object, ...]:
    throttled = application.throttled_until
    return (
        application.application,
        application.kind.replace("_", " "),
        f"{application.requests_today:,} of {application.requests_limit:,}",
        application.requests_left,
        f"{application.records_taken_today:,} of {application.records_sent_today:,} sent",
        f"throttled until {to_iso(throttled)}" if throttled is not None else to_iso(application.resets_at),
        application.served_by or "nobody",
    )


def duration(span_ms: int) -> str:
    """A span as people say it.

    >>> [duration(span) for span in (900, 61_000, 7_260_000)]
    ['0.9 s', '1 min 1 s', '2 h 1 min']
    """
    if span_ms < MINUTE_MS:
        return f"{span_ms / SECOND_MS:.1f} s"
    if span_ms < HOUR_MS:
        return f"{span_ms // MINUTE_MS} min {span_ms % MINUTE_MS // SECOND_MS} s"
    return f"{span_ms // HOUR_MS:,} h {span_ms % HOUR_MS // MINUTE_MS} min"
