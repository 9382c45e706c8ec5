"""``hirewire platform job``, ``job-application``, ``my-jobs`` and ``mails``: people apply, and what they get to see.

Like the other verbs they work on the database directly, whether a platform runs on it or not.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from hirewire.cli.config import ConfigFlag
from hirewire.cli.output import JsonFlag, Output
from hirewire.cli.platform_database import DatabaseFlag, platform_settings, platform_stores, said_as_usage
from hirewire.db import Transaction
from hirewire.platform import control_applicants as shown
from hirewire.platform.arrivals import (
    ApplicationWish,
    JobWish,
    known_job,
    organization_of,
    person_urn,
    post_job,
    submit,
)
from hirewire.platform.mails import ID_MAX
from hirewire.platform.stores import Stores
from hirewire.runtime.clock import RealClock
from hirewire.values.time import to_iso

T = TypeVar("T")

job_app = typer.Typer(no_args_is_help=True, help="Jobs that people can apply for.")
application_app = typer.Typer(no_args_is_help=True, help="Applications for jobs, and everything that happened to them.")

ApplicantOption = Annotated[str | None, typer.Option(help="The person: URN or id.")]
CountOption = Annotated[int, typer.Option(min=1, max=1_000, help="How many, the newest first.")]


def add_to(app: typer.Typer) -> None:
    """Put these commands under ``hirewire platform``."""
    app.add_typer(job_app, name="job")
    app.add_typer(application_app, name="job-application")
    app.command("my-jobs")(my_jobs)
    app.command("mails")(mails)


# -- jobs


@job_app.command("post")
def post(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What it is called.")],
    organization: Annotated[str, typer.Option(help="Whose job it is: id or URN.")],
    company: Annotated[str | None, typer.Option(help="The organization's name, as applicants read it.")] = None,
    location: Annotated[str | None, typer.Option(help="Where it is.")] = None,
    id: Annotated[str | None, typer.Option(help="Its id, digits (default: made up).")] = None,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Post a job; it comes as JSON on standard output."""
    wish = JobWish(organization, title, company, location, id)
    now = RealClock().now()
    Output(json=True).json(
        _write(config, database, lambda tx, stores: shown.shown_job(post_job(tx, stores, wish, os.urandom, now)))
    )


@job_app.command("list")
def list_jobs(
    organization: Annotated[str | None, typer.Option(help="Only jobs of this organization: id or URN.")] = None,
    count: CountOption = 100,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """List jobs."""

    def unit(tx: Transaction, stores: Stores) -> list[dict[str, Any]]:
        wanted = None if organization is None else organization_of(organization)
        return [shown.shown_job(job) for job in stores.job_applications.jobs(tx, wanted, count)]

    _table(_read(config, database, unit), ("id", "posted_at", "organization", "title", "company", "location"), json)


# -- applications


@application_app.command("submit")
def submit_application(
    job: Annotated[str, typer.Argument(metavar="JOB", help="The job's id.")],
    name: Annotated[str | None, typer.Option(help="The applicant's name.")] = None,
    email: Annotated[str | None, typer.Option(help="Where the applicant gets mail.")] = None,
    locale: Annotated[str | None, typer.Option(help="The applicant's language, such as en_US.")] = None,
    applicant: ApplicantOption = None,
    id: Annotated[str | None, typer.Option(help="The application's URN or number (default: made up).")] = None,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Apply for a job; the applicant is told at once. The application comes as JSON on standard output."""
    wish = ApplicationWish(job, name, email, locale, applicant, id)
    now = RealClock().now()
    Output(json=True).json(
        _write(config, database, lambda tx, stores: shown.shown_application(submit(tx, stores, wish, os.urandom, now)))
    )


@application_app.command("list")
def list_applications(
    job: Annotated[str | None, typer.Option(help="Only applications for this job.")] = None,
    applicant: ApplicantOption = None,
    count: CountOption = 100,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """List applications."""

    def unit(tx: Transaction, stores: Stores) -> list[dict[str, Any]]:
        job_id = None if job is None else known_job(tx, stores, job).id
        person = None if applicant is None else person_urn(applicant)
        found = stores.job_applications.each(tx, job=job_id, applicant=person, count=count)
        return [shown.shown_application(each) for each in found]

    _table(_read(config, database, unit), ("urn", "submitted_at", "job", "applicant", "name", "email"), json)


@application_app.command("show")
def show_application(
    application: Annotated[str, typer.Argument(metavar="APPLICATION", help="Its URN or number.")],
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Show one application with its actions, notices and mails, as JSON."""
    Output(json=True).json(_read(config, database, lambda tx, stores: shown.story_of(tx, stores, application)))


# -- what applicants get


def my_jobs(
    applicant: Annotated[str, typer.Argument(metavar="APPLICANT", help="The person: URN or id.")],
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """Show My Jobs of a person: what was applied for, and how each application stands."""
    found = _read(config, database, lambda tx, stores: shown.my_jobs_of(tx, stores, applicant))
    output = Output(json=json)
    if json:
        output.json(found)
        return
    for each in found["applications"]:
        output.line(f"{each['job']['title']} ({each['job_application']})")
        for notice in each["notices"]:
            output.line(f"  {to_iso(notice['shown_at'])}  {notice['text']}")


def mails(
    mail: Annotated[int | None, typer.Argument(metavar="ID", min=0, max=ID_MAX, help="Read this one.")] = None,
    application: Annotated[str | None, typer.Option(help="Only mails about this application.")] = None,
    state: Annotated[
        str | None, typer.Option(help="Only these: due, sent, kept, withheld, no_address or failed.")
    ] = None,
    count: CountOption = 50,
    before: Annotated[int, typer.Option(min=1, max=ID_MAX, help="Only mails with a smaller id.")] = ID_MAX,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """List mails to applicants, or read one: what was sent, what waits until when, what failed and why."""
    output = Output(json=json)
    if mail is not None:
        _read_mail(
            output, _read(config, database, lambda tx, stores: shown.shown_mail(shown.mail_of(tx, stores, mail)))
        )
        return

    def unit(tx: Transaction, stores: Stores) -> list[dict[str, Any]]:
        wanted = shown.mail_filter(application, state, before, count)
        return [shown.shown_mail(each) for each in stores.mails.each(tx, wanted)]

    columns = ("id", "state", "due_at", "event", "job_application", "recipient", "attempts", "subject", "error")
    _table(_read(config, database, unit), columns, json)


def _read_mail(output: Output, mail: dict[str, Any]) -> None:
    if output.is_json:
        output.json(mail)
        return
    for name in ("state", "due_at", "recipient", "message_id", "attempts", "error", "subject"):
        value = to_iso(mail[name]) if name == "due_at" else mail[name]
        output.line(f"{name.replace('_', ' ')}: {'-' if value is None else value}")
    output.line()
    output.line(mail["text"] or "Not written yet: it is when it is due.")


# -- running and showing


def _table(found: list[dict[str, Any]], columns: tuple[str, ...], json: bool) -> None:
    output = Output(json=json)
    if json:
        output.json(found)
        return
    rows = [[to_iso(each[name]) if name.endswith("_at") else each[name] for name in columns] for each in found]
    output.table([name.replace("_", " ") for name in columns], rows)


def _read(config: Path | None, database: str | None, unit: Callable[[Transaction, Stores], T]) -> T:
    with said_as_usage(), platform_stores(platform_settings(config, database=database)) as (opened, stores):
        return opened.read_now(lambda tx: unit(tx, stores))


def _write(config: Path | None, database: str | None, unit: Callable[[Transaction, Stores], T]) -> T:
    with said_as_usage(), platform_stores(platform_settings(config, database=database)) as (opened, stores):
        return opened.write_now(lambda tx: unit(tx, stores))
