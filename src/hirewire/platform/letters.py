"""What applicants are written: the words of each event, and a letter as a mail with a text and an HTML part.

Names and titles come from elsewhere. They are escaped in HTML, and nothing in them can begin another header line.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from html import escape

from hirewire.plan.notices import Event
from hirewire.platform.job_applications import Job, JobApplication
from hirewire.values.mail_address import MailAddress
from hirewire.values.time import Millis, to_datetime

NOTICE_TEXTS: dict[Event, str] = {
    Event.SUBMITTED: "Application submitted",
    Event.APPLICATION_VIEWED: "Application viewed",
    Event.RESUME_DOWNLOADED: "Resume downloaded",
}
"""What the job posting and My Jobs show of an event; a rejection is told by mail alone."""

_SUBJECTS: dict[Event, str] = {
    Event.SUBMITTED: "Your application for {title} was sent",
    Event.APPLICATION_VIEWED: "Your application for {title} was viewed",
    Event.APPLICATION_REJECTED: "About your application for {title}",
}
_PARAGRAPHS: dict[Event, tuple[str, ...]] = {
    Event.SUBMITTED: ("your application for {title} was sent to {company}.",),
    Event.APPLICATION_VIEWED: ("your application for {title} was viewed by {company}.",),
    Event.APPLICATION_REJECTED: (
        "thank you for your interest in {title} at {company}.",
        "Unfortunately, {company} will not be moving forward with your application.",
    ),
}
_NOBODY_NAMED = "the company"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's words."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: an address, and the name shown for it."""

    address: MailAddress
    name: str | None = None


def write_letter(event: Event, application: JobApplication, job: Job) -> Letter:
    """The letter about an event that is told by mail."""
    words = {"title": job.title, "company": job.company or _NOBODY_NAMED}
    greeting = f"Hello {application.name}," if application.name else "Hello,"
    paragraphs = [greeting, *(_filled(each, words) for each in _PARAGRAPHS[event])]
    return Letter(
        subject=_filled(_SUBJECTS[event], words),
        text="\n\n".join(paragraphs) + "\n",
        html=_html(paragraphs),
    )


def _filled(template: str, words: dict[str, str]) -> str:
    """A template with its words; a word that looks like a template's hole stays as it is."""
    return template.format_map(words)


def _html(paragraphs: list[str]) -> str:
    body = "\n".join(f"<p>{escape(each)}</p>" for each in paragraphs)
    return f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"></head>\n<body>\n{body}\n</body>\n</html>\n'


def write_message(letter: Letter, sender: Sender, recipient: MailAddress, message_id: str, written_at: Millis) -> bytes:
    """A letter as the bytes of a mail, the same bytes for the same arguments. ASCII, unless the recipient's address is not.

    Raises:
        ValueError: something in it cannot stand in a header.
    """
    message = EmailMessage(policy=policy.SMTP if recipient.is_ascii else policy.SMTPUTF8)
    message["From"] = _mailbox(sender.address, sender.name)
    message["To"] = _mailbox(recipient, None)
    message["Subject"] = letter.subject
    message["Date"] = to_datetime(written_at).astimezone(dt.UTC)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="base64")
    message.add_alternative(letter.html, subtype="html", cte="base64")
    # Made by chance otherwise; every mail of ours has the same two parts, neither of which can hold this.
    message.set_boundary(f"=_{message_id.strip('<>').partition('@')[0]}")
    return message.as_bytes()


def _mailbox(address: MailAddress, name: str | None) -> Address:
    return Address(display_name=name or "", username=address.local, domain=address.domain)
