"""``hirewire platform``: serve the platform, provision its applications, look at what it holds.

Every verb but ``serve`` works on the database directly, whether a platform runs on it or not.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Annotated, Any

import msgspec
import typer

from hirewire.catalog.digest import ContentDigest
from hirewire.cli import platform_applicants, platform_integrations, platform_prospects
from hirewire.cli.config import ConfigFlag
from hirewire.cli.output import JsonFlag, Output, plain
from hirewire.cli.platform_database import DatabaseFlag, platform_settings, platform_stores, said_as_usage
from hirewire.db import Transaction
from hirewire.platform import control
from hirewire.platform.administration import Administration, AdministrationError, Provision
from hirewire.platform.applications import State
from hirewire.platform.credentials import is_client_id
from hirewire.platform.journal import ID_MAX, Filter
from hirewire.platform.records import Range, Record
from hirewire.platform.rules import Rules
from hirewire.platform.serve import serve as serve_platform
from hirewire.platform.settings import PlatformSettings
from hirewire.platform.stores import Stores
from hirewire.runtime.clock import Clock, ManualClock, RealClock
from hirewire.values.time import Millis, from_iso, to_iso

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="The middleware platform itself: serve it, provision its applications, see what it holds.",
)
platform_integrations.add_to(app)
platform_prospects.add_to(app)
platform_applicants.add_to(app)

ClientArgument = Annotated[str, typer.Argument(metavar="CLIENT_ID", help="The application.")]


@app.command()
def serve(
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on (default 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes any free one (default 8710).")] = None,
    tls_cert: Annotated[str | None, typer.Option(help="PEM file with the certificate chain.")] = None,
    tls_key: Annotated[str | None, typer.Option(help="PEM file with its key.")] = None,
    proxy_headers: Annotated[
        bool | None, typer.Option("--proxy-headers", help="Believe X-Forwarded-* of trusted proxies.")
    ] = None,
    control_key: Annotated[
        str | None,
        typer.Option(
            help="Opens the control API; better: HIREWIRE_PLATFORM__CONTROL_KEY, or control_key_file in a file."
        ),
    ] = None,
    log_format: Annotated[str | None, typer.Option(help="json or console (default json).")] = None,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning or error (default info).")] = None,
    manual_clock: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Stand still at this ISO time, and move only when the control API says so."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Serve the platform until Ctrl-C or SIGTERM; requests in flight are finished first."""
    settings = platform_settings(
        config,
        database=database,
        host=host,
        port=port,
        tls_cert=tls_cert,
        tls_key=tls_key,
        proxy_headers=proxy_headers,
        control_key=control_key,
        log_format=log_format,
        log_level=log_level,
    )

    def announce(url: str) -> None:
        # Whoever started us may not be listening any more; that is no reason to stop serving.
        if json:
            with contextlib.suppress(OSError, ValueError, AttributeError):
                sys.stdout.write(msgspec.json.encode({"event": "listening", "url": url}).decode() + "\n")
                sys.stdout.flush()

    serve_platform(settings, _clock(manual_clock), on_ready=announce)


@app.command()
def provision(
    organization: Annotated[str | None, typer.Option(help="The customer's organization: id or URN.")] = None,
    contract: Annotated[str | None, typer.Option(help="The customer's contract: id or URN.")] = None,
    name: Annotated[str | None, typer.Option(help="What to call the application.")] = None,
    client_id: Annotated[
        str | None, typer.Option(help="Its client id (default: made up). One that exists is bound to what is given.")
    ] = None,
    client_secret: Annotated[str | None, typer.Option(help="Its secret (default: made up).")] = None,
    parent: Annotated[
        bool, typer.Option("--parent", help="A parent application, which provisions children through the API.")
    ] = False,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Create an application for a customer, or bind an existing one; its credentials come as JSON on standard output."""
    settings = platform_settings(config, database=database)
    wish = Provision(organization, contract, name, client_id, client_secret, parent)
    with _administration(settings) as administration, said_as_usage():
        made = administration.provision(wish, RealClock().now())
    Output(json=True).json(asdict(made))
    _warn_unsealed(settings)


@app.command("list")
def list_applications(config: ConfigFlag = None, database: DatabaseFlag = None, json: JsonFlag = False) -> None:
    """List every application."""
    with _administration(platform_settings(config, database=database)) as administration:
        shown = [control.shown_application(each) for each in administration.each()]
    output = Output(json=json)
    if json:
        output.json(shown)
        return
    columns = ("client_id", "kind", "state", "name", "contexts", "parent")
    rows = [[_cell(each[column]) for column in columns] for each in shown]
    output.table([column.replace("_", " ") for column in columns], rows)


@app.command()
def rotate(
    client_id: ClientArgument,
    client_secret: Annotated[str | None, typer.Option(help="The new secret (default: made up).")] = None,
    revoke_tokens: Annotated[
        bool, typer.Option("--revoke-tokens", help="Take back its tokens too, instead of letting them expire.")
    ] = False,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Give an application a new secret, which comes as JSON on standard output; the old one is void at once."""
    with _administration(platform_settings(config, database=database)) as administration, said_as_usage():
        made = administration.rotate(client_id, client_secret, RealClock().now(), revoke_tokens=revoke_tokens)
    Output(json=True).json({"client_id": made.client_id, "client_secret": made.client_secret})


@app.command()
def revoke(
    client_id: ClientArgument,
    only_tokens: Annotated[bool, typer.Option("--only-tokens", help="Let it get new tokens.")] = False,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Take back an application's tokens, and its right to get new ones. What it stored stays."""
    with _administration(platform_settings(config, database=database)) as administration, said_as_usage():
        count = administration.revoke(client_id, RealClock().now(), only_tokens=only_tokens)
    Output().say(f"{client_id}: {count} tokens taken back" + ("." if only_tokens else "; it gets no new ones."))


@app.command()
def block(
    client_id: ClientArgument,
    off: Annotated[bool, typer.Option("--off", help="Let it work again (also after a revocation).")] = False,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Answer every call of an application with 403, until --off."""
    with _administration(platform_settings(config, database=database)) as administration, said_as_usage():
        administration.set_state(client_id, State.ACTIVE if off else State.BLOCKED)
    Output().say(f"{client_id} is {'active' if off else 'blocked'}.")


@app.command()
def rules(
    client_id: ClientArgument,
    changed: Annotated[
        str,
        typer.Option(
            "--set",
            metavar="JSON",
            help='All its rules, such as {"write_mode": "strict", "limits": {"application_notes": {"requests_per_day": 9}}};'
            " {} for none of its own.",
        ),
    ],
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Replace what one application is held to: throttles, write mode, strictness. What is absent is the platform's."""
    with said_as_usage():
        try:
            wanted = msgspec.json.decode(changed, type=Rules)
        except (msgspec.DecodeError, RecursionError) as error:
            raise AdministrationError(f"--set: {error}") from None
        with _administration(platform_settings(config, database=database)) as administration:
            administration.set_rules(client_id, wanted)
    Output().say(f"{client_id}: rules replaced.")


@app.command()
def notes(
    organization: Annotated[str, typer.Option(help="The customer's organization: id or URN.")],
    application: Annotated[str | None, typer.Option(help="Only the notes of this application of the ATS.")] = None,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """List the notes the platform holds for a customer, with their number and a digest of their content."""
    settings = platform_settings(config, database=database)
    with said_as_usage(), platform_stores(settings) as (opened, stores):
        wanted = control.notes_range(control.organization_urn(organization), application)
        write = _write_notes_json if json else _write_notes
        opened.read_now(lambda tx: write(tx, stores, wanted))


@app.command()
def journal(
    client_id: Annotated[str | None, typer.Option(help="Only requests of this application.")] = None,
    request_id: Annotated[str | None, typer.Option(help="Only this request (x-li-request-id).")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only requests answered with an error.")] = False,
    count: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")] = 50,
    before: Annotated[int, typer.Option(min=1, help="Only entries older than this id.")] = ID_MAX,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """List what came and what was answered; secrets are masked, bodies are excerpts."""
    with said_as_usage():
        wanted = Filter(before, _id(client_id), _id(request_id), 400 if failed else 0, count)
    with platform_stores(platform_settings(config, database=database)) as (opened, stores):
        shown = opened.read_now(lambda tx: [control.shown_entry(*each) for each in stores.journal.each(tx, wanted)])
    output = Output(json=json)
    if json:
        for entry in shown:
            output.json_line(entry)
        return
    columns = ("id", "at", "status", "verb", "target", "method", "records", "failed", "stale", "code", "request_id")
    rows = [[to_iso(entry[name]) if name == "at" else entry[name] for name in columns] for entry in shown]
    output.table([name.replace("_", " ") for name in columns], rows)


# -- opening


def _clock(manual: str | None) -> Clock:
    if manual is None:
        return RealClock()
    try:
        return ManualClock(from_iso(manual))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--manual-clock") from None


@contextlib.contextmanager
def _administration(settings: PlatformSettings) -> Iterator[Administration]:
    with platform_stores(settings) as (database, stores):
        yield Administration(database, stores, os.urandom, secret_cost=settings.secret_cost)


def _warn_unsealed(settings: PlatformSettings) -> None:
    """Push events are signed with the secret: say it now if nobody will be able to."""
    with platform_stores(settings) as (_, stores):
        if not stores.secrets.can_seal:
            Output().say(
                "This secret was not sealed, so push events to this application cannot be signed: set"
                " platform.sealing_key, then rotate the secret."
            )


def _id(text: str | None) -> str | None:
    if text is not None and not is_client_id(text):
        raise AdministrationError(f"{text[:60]!r} is neither a client id nor a request id")
    return text


# -- showing


def _cell(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else value or ""


def _write_notes_json(tx: Transaction, stores: Stores, wanted: Range) -> None:
    """One JSON document, written as it is read: memory does not grow with the number of notes."""
    digest, separator = ContentDigest(), "\n"
    sys.stdout.write(f'{{"organization":{_json(wanted.tenant)},"notes":[')
    for record in stores.records.each(tx, wanted):
        digest.add(record.key, record.body)
        sys.stdout.write(separator + _json(control.shown_note(record)))
        separator = ",\n"
    sys.stdout.write(f'\n],"total":{digest.count},"digest":{_json(digest.hexdigest())}}}\n')


def _write_notes(tx: Transaction, stores: Stores, wanted: Range) -> None:
    digest = ContentDigest()
    for record in stores.records.each(tx, wanted):
        digest.add(record.key, record.body)
        sys.stdout.write(_line(record) + "\n")
    sys.stdout.write(f"{digest.count:,} notes of {wanted.tenant}, content digest {digest.hexdigest()}\n")


def _line(record: Record) -> str:
    """One note on one line."""
    note: Mapping[str, Any] = control.shown_note(record)
    author = note.get("author")
    by = f" {author['first_name']} {author['last_name']}:" if author else ""
    at = note.get("last_modified_at") or note.get("created_at")
    when = f" {to_iso(Millis(at))}" if at is not None else ""
    text = " ".join((note.get("note") or "").split())
    return plain(f"{note['application_id']} {note['note_id']}{when}{by} {text}")


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
