"""Jobs are posted and people apply: what they wish, checked, and stored with what follows from it.

The control API and the command line offer the same by the same names. Whatever is stored here may stand in a mail's
header and on a page, so it is one line of bounded length.
"""

from __future__ import annotations

import re

import msgspec

from hirewire.db import Transaction
from hirewire.platform.credentials import Random
from hirewire.platform.job_applications import Job, JobApplication
from hirewire.platform.stores import Stores
from hirewire.values.mail_address import LINE_CHARACTERS_MAX, MailAddress, MailAddressError, is_line
from hirewire.values.time import Millis
from hirewire.values.urn import Urn, UrnError, UrnKind

_DIGITS = re.compile(r"[0-9]{1,19}", re.ASCII)
_LOCALE = re.compile(r"[a-z]{2,3}([_-][A-Z]{2})?", re.ASCII)
_NUMBER_BYTES = 5
_PERSON_BYTES = 6


class ArrivalError(ValueError):
    """What was asked cannot be done; the text says why and what can."""


class Malformed(ArrivalError):
    """What was given is not what was expected."""


class NotThere(ArrivalError):
    """There is nothing of that name."""


class JobWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A job to be posted. ``id`` is digits, made up unless given."""

    organization: str
    title: str
    company: str | None = None
    location: str | None = None
    id: str | None = None


class ApplicationWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An application to be submitted. ``id`` is its URN or the number in it, made up unless given.

    ``applicant`` is the URN of a person or the id in it. Unless given, whoever applied with this address before applies
    again; without an address, somebody new.
    """

    job: str
    name: str | None = None
    email: str | None = None
    locale: str | None = None
    applicant: str | None = None
    id: str | None = None


def post_job(tx: Transaction, stores: Stores, wish: JobWish, random: Random, now: Millis) -> Job:
    """Post a job.

    Raises:
        ArrivalError: something is malformed, or the id is taken.
    """
    if wish.id is not None and not _DIGITS.fullmatch(wish.id):
        raise Malformed(f"id: expected up to 19 digits, got {ascii(wish.id)[:60]}")
    job = Job(
        id=wish.id or _new_number(random),
        organization=organization_of(wish.organization),
        title=_line("title", wish.title),
        company=_optional_line("company", wish.company),
        location=_optional_line("location", wish.location),
        posted_at=now,
    )
    if not stores.job_applications.post(tx, job):
        raise ArrivalError(f"there is a job {job.id} already: give another id, or none")
    return job


def submit(tx: Transaction, stores: Stores, wish: ApplicationWish, random: Random, now: Millis) -> JobApplication:
    """Let somebody apply for a job, and tell the applicant so.

    Raises:
        ArrivalError: something is malformed, there is no such job, or the id is taken.
    """
    email = _email(wish.email)
    job = known_job(tx, stores, wish.job)
    application = JobApplication(
        urn=job_application_urn(wish.id or _new_number(random)),
        job=job.id,
        organization=job.organization,
        applicant=_applicant(tx, stores, wish, email, random),
        name=_optional_line("name", wish.name),
        email=email,
        locale=_locale(wish.locale),
        submitted_at=now,
    )
    if not stores.applicants.submit(tx, application):
        raise ArrivalError(f"there is an application {application.urn} already: give another id, or none")
    return application


def known_job(tx: Transaction, stores: Stores, job_id: str) -> Job:
    """A job by its id.

    Raises:
        NotThere: there is none.
    """
    job = stores.job_applications.job(tx, job_id) if _DIGITS.fullmatch(job_id) else None
    if job is None:
        raise NotThere(f"there is no job {ascii(job_id)[:60]}")
    return job


def known_application(tx: Transaction, stores: Stores, text: str) -> JobApplication:
    """A job application by its URN or the number in it.

    Raises:
        ArrivalError: it is malformed, or there is none.
    """
    urn = job_application_urn(text)
    found = stores.job_applications.find(tx, urn)
    if found is None:
        raise NotThere(f"there is no application {urn}")
    return found


def organization_of(text: str) -> str:
    """The URN of an organization given as URN or number; ``Malformed`` when it is neither."""
    return _urn("organization", UrnKind.ORGANIZATION, text)


def job_application_urn(text: str) -> str:
    """The URN of a job application given as URN or number; ``Malformed`` when it is neither."""
    return _urn("job application", UrnKind.JOB_APPLICATION, text)


def person_urn(text: str) -> str:
    """The URN of a person given as URN or id; ``Malformed`` when it is neither."""
    return _urn("applicant", UrnKind.PERSON, text)


def _urn(name: str, kind: UrnKind, text: str) -> str:
    try:
        return str(Urn.parse(text if ":" in text else f"urn:li:{kind.value}:{text}", kind))
    except UrnError:
        raise Malformed(f"{name}: expected urn:li:{kind.value}:ID or the ID, got {ascii(text)[:80]}") from None


def _applicant(tx: Transaction, stores: Stores, wish: ApplicationWish, email: str | None, random: Random) -> str:
    if wish.applicant is not None:
        return person_urn(wish.applicant)
    known = stores.job_applications.applicant_with(tx, email) if email is not None else None
    return known or person_urn(random(_PERSON_BYTES).hex())


def _email(text: str | None) -> str | None:
    try:
        return None if text is None else str(MailAddress.parse(text))
    except MailAddressError as error:
        raise Malformed(f"email: {error}") from None


def _locale(text: str | None) -> str | None:
    if text is not None and not _LOCALE.fullmatch(text):
        raise Malformed(f"locale: expected a language such as en or en_US, got {ascii(text)[:60]}")
    return text


def _optional_line(name: str, text: str | None) -> str | None:
    return None if text is None else _line(name, text)


def _line(name: str, text: str) -> str:
    if not text.strip() or len(text) > LINE_CHARACTERS_MAX:
        raise Malformed(f"{name}: expected 1 to {LINE_CHARACTERS_MAX} characters, got {len(text.strip())}")
    if not is_line(text):
        raise Malformed(f"{name}: expected one line without control characters, got {ascii(text)[:80]}")
    return text


def _new_number(random: Random) -> str:
    # Ten digits and more, out of the way of the small numbers people choose.
    return str(10**9 + int.from_bytes(random(_NUMBER_BYTES), "big"))
