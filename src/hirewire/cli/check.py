"""``hirewire check``: is everything in place to sync? Each thing that must hold, and what to do where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import typer

from hirewire.catalog.application_notes import APPLICATION_NOTES, ApplicationNoteKey
from hirewire.catalog.call import BatchReply, Call, Reply
from hirewire.cli.config import ConfigFlag, settings_file
from hirewire.cli.connector import DatabaseFlag, connector_settings, customer_client, outbox_database
from hirewire.cli.exit_codes import ExitCode, exit_code_of
from hirewire.cli.output import JsonFlag, Output
from hirewire.client import Answer, HirewireError, OutcomeUnknown, Unreachable, VersionError
from hirewire.db import DatabaseError
from hirewire.plan.skew import Skew
from hirewire.runtime.clock import Clock, RealClock
from hirewire.sync.reports import Status, read_status
from hirewire.sync.settings import ConnectorSettings, CustomerSettings
from hirewire.values.time import SECOND_MS, Millis, to_iso
from hirewire.wire.methods import Method

SKEW_MAX_MS = 2 * SECOND_MS
"""Clocks further apart than this are worth mending: times "in the future" are refused by the platform."""

PROBE_ID = "hirewire-check"
"""Application and note that the check asks the platform to delete: they do not exist, so nothing changes."""

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``next_step`` says what to do where it is not ok; ``customer`` whose it is."""

    what: str
    is_ok: bool
    detail: str
    next_step: str | None = None
    customer: str | None = None
    code: ExitCode = ExitCode.OK


@app.command()
def check(config: ConfigFlag = None, database: DatabaseFlag = None, json: JsonFlag = False) -> None:
    """Check settings, database, credentials, reachability, clocks, version and limits; change nothing.

    For each customer it fetches a token and makes one request: to delete a note that does not exist.
    """
    settings = connector_settings(config, needs_customers=True, database=database)
    output, clock = Output(json=json), RealClock()
    findings = []
    for finding in _look(settings, str(settings_file(config) or "the environment"), clock):
        findings.append(finding)
        if not json:
            _tell(output, finding)
    if json:
        shown = [asdict(finding) for finding in findings]
        output.json({"is_ok": all(finding.is_ok for finding in findings), "findings": shown})
    raise typer.Exit(next((finding.code for finding in findings if not finding.is_ok), ExitCode.OK))


def _tell(output: Output, finding: Finding) -> None:
    whose = f" ({finding.customer})" if finding.customer else ""
    mark = "ok  " if finding.is_ok else "FAIL"
    output.line(f"{mark} {finding.what:<12}{finding.detail}{whose}", "" if finding.is_ok else "red")
    if finding.next_step:
        output.line(f"{'':17}{finding.next_step}")


def _look(settings: ConnectorSettings, source: str, clock: Clock) -> Iterator[Finding]:
    count = len(settings.customers)
    yield Finding("settings", True, f"{source}: {count:,} customer{'s' if count > 1 else ''}, {settings.base_url}")
    yield from _database(settings, clock)
    for customer in settings.customers:
        yield from _customer(settings, customer, clock)


def _database(settings: ConnectorSettings, clock: Clock) -> Iterator[Finding]:
    try:
        with outbox_database(settings, create=True) as opened:
            yield Finding("database", True, f"{opened.name}: the outbox is there")
            yield from _limits(read_status(opened, settings, clock.now()))
    except DatabaseError as error:
        yield Finding("database", False, str(error), code=exit_code_of(error))


def _limits(status: Status) -> Iterator[Finding]:
    for application in status.applications:
        minute = application.records_limit_minute
        detail = (
            f"{application.application}: {application.requests_left:,} of {application.requests_limit:,} requests left "
            f"today, {'no limit of' if minute is None else f'{minute:,}'} records a minute"
        )
        throttled = application.throttled_until
        until = f"the platform throttles it until {to_iso(throttled)}" if throttled is not None else None
        is_ok = application.requests_left > 0 and throttled is None
        wait = f"Wait until {to_iso(throttled or application.usable_again_at)}; the connector does so by itself."
        code = ExitCode.OK if is_ok else ExitCode.THROTTLED
        yield Finding("limits", is_ok, until or detail, None if is_ok else wait, code=code)


# ---------------------------------------------------------------- the platform, for one customer


def _customer(settings: ConnectorSettings, customer: CustomerSettings, clock: Clock) -> Iterator[Finding]:
    who = customer.organization
    with customer_client(settings, customer, retries=0) as client:
        try:
            client.token()
        except HirewireError as error:
            yield _failure("token", error, customer, settings.token_url or settings.base_url)
            return
        yield Finding("token", True, f"{customer.client_id} got one", customer=who)
        sent_at = clock.now()
        try:
            answer = client.call(_probe(who))
        except HirewireError as error:
            yield _failure("access", error, customer, settings.base_url)
            return
        yield _access(answer.reply, customer)
        yield _clocks(answer, sent_at, clock.now(), who)


def _probe(organization: str) -> Call:
    key = ApplicationNoteKey(organization, PROBE_ID, PROBE_ID)
    return Call(APPLICATION_NOTES, Method.BATCH_DELETE, {key: None})


def _failure(what: str, error: HirewireError, customer: CustomerSettings, url: str) -> Finding:
    """A request that failed as a whole; what it was about may be told more precisely by the error."""
    named = next((name for kind, name in _NAMES.items() if isinstance(error, kind)), what)
    detail = f"{url}: {error.message}" if named == "reach" else error.message
    return Finding(named, False, detail, f"{error.next_step}.", customer.organization, exit_code_of(error))


_NAMES: dict[type[HirewireError], str] = {Unreachable: "reach", OutcomeUnknown: "reach", VersionError: "version"}


def _access(reply: Reply, customer: CustomerSettings) -> Finding:
    """Whether the application may work for the organization: what the one record of the probe was answered."""
    outcome = next(iter(reply.outcomes.values()), None) if isinstance(reply, BatchReply) else None
    dialect = customer.dialect()
    how = f"/{dialect.generation.value}" + (f", version {dialect.version}" if dialect.version else "")
    if outcome is not None and (outcome.is_ok or outcome.status == _NOT_FOUND):
        return Finding(
            "access", True, f"{customer.client_id} may send its notes by {how}", customer=customer.organization
        )
    said = f"{outcome.status} {outcome.refusal.message if outcome.refusal else ''}" if outcome else "nothing of it"
    advice = "Check that this application is bound to this organization (on the platform: `hirewire platform list`)."
    detail = f"the platform answered {said}"
    return Finding("access", False, detail, advice, customer.organization, ExitCode.NOT_ALLOWED)


_NOT_FOUND = 404


def _clocks(answer: Answer[Reply], sent_at: Millis, received_at: Millis, who: str) -> Finding:
    date = answer.http_date
    if date is None:
        return Finding("clocks", True, "the answer names no time to compare with", customer=who)
    skew = Skew().observe(sent_at=sent_at, received_at=received_at, date=date)
    low, high = skew.low_ms or 0, skew.high_ms or 0
    # The header has whole seconds, so a difference is an interval: what counts is its end that is nearer to zero.
    least = 0 if low <= 0 <= high else min(abs(low), abs(high))
    if least <= SKEW_MAX_MS:
        return Finding("clocks", True, "the platform's and this machine's agree to the second or two", customer=who)
    direction = "behind" if low > 0 else "ahead of"
    detail = f"this machine's is at least {least / SECOND_MS:.1f} s {direction} the platform's"
    advice = (
        "Set this machine's clock (NTP): times in the platform's future are refused, so the connector waits with them."
    )
    return Finding("clocks", False, detail, advice, who, ExitCode.INCOMPLETE)
