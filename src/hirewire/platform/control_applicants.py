"""The control API's part about jobs, those who apply for them, and what these are shown and sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from hirewire.db import Database, Transaction
from hirewire.plan.mailing import MailState
from hirewire.plan.notices import Surface
from hirewire.platform import applicant_pages
from hirewire.platform.arrivals import (
    ApplicationWish,
    ArrivalError,
    JobWish,
    Malformed,
    NotThere,
    job_application_urn,
    known_application,
    known_job,
    organization_of,
    person_urn,
    post_job,
    submit,
)
from hirewire.platform.control import PAGE_MAX, ControlError, ControlRequest, ControlRoute, count_of, decoded
from hirewire.platform.credentials import Random
from hirewire.platform.job_applications import Job, JobApplication
from hirewire.platform.letters import NOTICE_TEXTS
from hirewire.platform.mails import ID_MAX, Mail, MailFilter
from hirewire.platform.notices import Notice
from hirewire.platform.stores import Stores
from hirewire.runtime.clock import Clock

APPLICATIONS_MAX = 100
"""How many applications of one person a page shows, the newest first."""

T = TypeVar("T")


# -- how it is shown, to people and to the command line


def shown_job(job: Job) -> dict[str, Any]:
    """A job for people."""
    return asdict(job)


def shown_application(application: JobApplication) -> dict[str, Any]:
    """A job application for people who run the platform: with name and address."""
    return asdict(application)


def shown_notice(notice: Notice) -> dict[str, Any]:
    """A notice as its applicant reads it."""
    return {"event": notice.event.value, "text": NOTICE_TEXTS[notice.event], "shown_at": notice.shown_at}


def shown_mail(mail: Mail) -> dict[str, Any]:
    """A mail with what is written in it, as far as it is written."""
    written = mail.written
    return {
        "id": mail.id,
        "job_application": mail.job_application,
        "event": mail.event.value,
        "recipient": mail.recipient,
        "state": mail.state.value,
        "due_at": mail.due_at,
        "next_at": mail.next_at if mail.state is MailState.DUE else None,
        "attempts": mail.attempts,
        "error": mail.error,
        "finished_at": mail.finished_at,
        "message_id": written.message_id if written else None,
        "subject": written.letter.subject if written else None,
        "text": written.letter.text if written else None,
        "html": written.letter.html if written else None,
    }


def story_of(tx: Transaction, stores: Stores, text: str) -> dict[str, Any]:
    """A job application and everything that happened to it.

    Raises:
        ArrivalError: there is none of that name.
    """
    application = known_application(tx, stores, text)
    actions = stores.lifecycle_log.of(tx, application.urn, count=PAGE_MAX)
    notices = stores.notices.of(tx, application.urn)
    wanted = MailFilter(job_application=application.urn, count=PAGE_MAX)
    return {
        **shown_application(application),
        "actions": [{"id": number, **asdict(action)} for number, action in actions],
        "notices": [{**shown_notice(each), "surface": each.surface.value} for each in notices],
        "mails": [shown_mail(mail) for mail in stores.mails.each(tx, wanted)],
    }


def posting_of(tx: Transaction, stores: Stores, job_id: str, applicant: str | None) -> dict[str, Any]:
    """A job posting as a person sees it: with how the own applications stand, and nobody else's.

    Raises:
        ArrivalError: there is no such job, or ``applicant`` is no person.
    """
    job = known_job(tx, stores, job_id)
    applications: list[JobApplication] = []
    if applicant is not None:
        person = person_urn(applicant)
        applications = stores.job_applications.each(tx, job=job.id, applicant=person, count=APPLICATIONS_MAX)
    shown = [_standing(tx, stores, each, Surface.JOB_POSTING) for each in applications]
    return {"job": shown_job(job), "applications": shown}


def my_jobs_of(tx: Transaction, stores: Stores, applicant: str) -> dict[str, Any]:
    """My Jobs of a person, the newest application first.

    Raises:
        ArrivalError: ``applicant`` is no person.
    """
    person = person_urn(applicant)
    found = stores.job_applications.each(tx, applicant=person, count=APPLICATIONS_MAX)
    shown = []
    for application in found:
        job = known_job(tx, stores, application.job)
        shown.append({"job": shown_job(job), **_standing(tx, stores, application, Surface.MY_JOBS)})
    return {"applicant": person, "applications": shown}


def _standing(tx: Transaction, stores: Stores, application: JobApplication, surface: Surface) -> dict[str, Any]:
    notices = [each for each in stores.notices.of(tx, application.urn) if each.surface is surface]
    return {
        "job_application": application.urn,
        "submitted_at": application.submitted_at,
        "notices": [shown_notice(each) for each in notices],
    }


def mail_of(tx: Transaction, stores: Stores, mail_id: int) -> Mail:
    """One mail.

    Raises:
        NotThere: there is none of that number.
    """
    mail = stores.mails.find(tx, mail_id)
    if mail is None:
        raise NotThere(f"there is no mail {mail_id}")
    return mail


def mail_filter(job_application: str | None, state: str | None, before: int, count: int) -> MailFilter:
    """Which mails to list.

    Raises:
        Malformed: there is no such state, or the application is named wrongly.
    """
    urn = None if job_application is None else job_application_urn(job_application)
    return MailFilter(before, urn, _mail_state(state), count)


def _mail_state(text: str | None) -> MailState | None:
    try:
        return None if text is None else MailState(text)
    except ValueError:
        known = ", ".join(each.value for each in MailState)
        raise Malformed(f"state: expected one of {known}, got {ascii(text)[:60]}") from None


# -- the API


class ApplicantControl:
    """Answers its part of ``/control/``."""

    def __init__(self, database: Database, stores: Stores, clock: Clock, random: Random) -> None:
        self._database = database
        self._stores = stores
        self._clock = clock
        self._random = random

    @property
    def routes(self) -> tuple[ControlRoute, ...]:
        """What is answered here."""
        return (
            ControlRoute("GET", "/control/jobs", self._jobs),
            ControlRoute("POST", "/control/jobs", self._post_job),
            ControlRoute("GET", "/control/job-applications", self._applications),
            ControlRoute("POST", "/control/job-applications", self._submit),
            ControlRoute("GET", "/control/job-applications/{id}", self._story),
            ControlRoute("GET", "/control/job-postings/{job}", self._posting),
            ControlRoute("GET", "/control/job-postings/{job}/page", self._posting_page),
            ControlRoute("GET", "/control/my-jobs/{applicant}", self._my_jobs),
            ControlRoute("GET", "/control/my-jobs/{applicant}/page", self._my_jobs_page),
            ControlRoute("GET", "/control/mails", self._mails),
            ControlRoute("GET", "/control/mails/{id}", self._mail),
            ControlRoute("GET", "/control/mails/{id}/page", self._mail_page),
        )

    # -- jobs and applications

    async def _jobs(self, request: ControlRequest) -> Any:
        given = request.params.get("organization")
        count = count_of(request.params, "limit", 100, PAGE_MAX)

        def unit(tx: Transaction) -> list[Job]:
            organization = None if given is None else organization_of(given)
            return self._stores.job_applications.jobs(tx, organization, count)

        return {"jobs": [shown_job(job) for job in await self._read(unit)]}

    async def _post_job(self, request: ControlRequest) -> Any:
        wish = decoded(request.body, JobWish)
        return shown_job(
            await self._write(lambda tx: post_job(tx, self._stores, wish, self._random, self._clock.now()))
        )

    async def _applications(self, request: ControlRequest) -> Any:
        job, applicant = request.params.get("job"), request.params.get("applicant")
        count = count_of(request.params, "limit", 100, PAGE_MAX)

        def unit(tx: Transaction) -> list[JobApplication]:
            job_id = None if job is None else known_job(tx, self._stores, job).id
            person = None if applicant is None else person_urn(applicant)
            return self._stores.job_applications.each(tx, job=job_id, applicant=person, count=count)

        return {"job_applications": [shown_application(each) for each in await self._read(unit)]}

    async def _submit(self, request: ControlRequest) -> Any:
        wish = decoded(request.body, ApplicationWish)
        return shown_application(
            await self._write(lambda tx: submit(tx, self._stores, wish, self._random, self._clock.now()))
        )

    async def _story(self, request: ControlRequest) -> Any:
        return await self._read(lambda tx: story_of(tx, self._stores, request.arguments[0]))

    # -- what an applicant sees

    async def _posting(self, request: ControlRequest) -> Any:
        applicant = request.params.get("applicant")
        return await self._read(lambda tx: posting_of(tx, self._stores, request.arguments[0], applicant))

    async def _posting_page(self, request: ControlRequest) -> Any:
        return applicant_pages.posting_page(await self._posting(request))

    async def _my_jobs(self, request: ControlRequest) -> Any:
        return await self._read(lambda tx: my_jobs_of(tx, self._stores, request.arguments[0]))

    async def _my_jobs_page(self, request: ControlRequest) -> Any:
        return applicant_pages.my_jobs_page(await self._my_jobs(request))

    # -- mails

    async def _mails(self, request: ControlRequest) -> Any:
        params = request.params
        count = count_of(params, "limit", 50, PAGE_MAX)
        before = count_of(params, "before", ID_MAX, ID_MAX)

        def unit(tx: Transaction) -> list[Mail]:
            wanted = mail_filter(params.get("job_application"), params.get("state"), before, count)
            return list(self._stores.mails.each(tx, wanted))

        mails = await self._read(unit)
        next_before = mails[-1].id if mails and len(mails) == count else None
        return {"mails": [shown_mail(mail) for mail in mails], "next_before": next_before}

    async def _mail(self, request: ControlRequest) -> Any:
        return shown_mail(await self._found_mail(request))

    async def _mail_page(self, request: ControlRequest) -> Any:
        written = (await self._found_mail(request)).written
        if written is None:
            raise ControlError(404, "NOT_FOUND", "This mail is not written yet: it is when it is due")
        return applicant_pages.letter_page(written.letter.html)

    async def _found_mail(self, request: ControlRequest) -> Mail:
        mail_id = count_of({"id": request.arguments[0]}, "id", 0, ID_MAX)
        return await self._read(lambda tx: mail_of(tx, self._stores, mail_id))

    # -- transactions

    async def _read(self, unit: Callable[[Transaction], T]) -> T:
        return await _said(self._database.read, unit)

    async def _write(self, unit: Callable[[Transaction], T]) -> T:
        return await _said(self._database.write, unit)


async def _said(run: Callable[..., Any], unit: Callable[[Transaction], T]) -> T:
    """Run a unit; what it refuses is an answer."""
    try:
        done: T = await run(unit)
        return done
    except ArrivalError as error:
        raise ControlError(*_ANSWERS.get(type(error), (409, "CONFLICT")), str(error)) from None


_ANSWERS: dict[type[ArrivalError], tuple[int, str]] = {Malformed: (400, "PARAM_INVALID"), NotThere: (404, "NOT_FOUND")}
