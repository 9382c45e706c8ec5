"""Letters as mails: whatever names and titles hold, a mail has the headers it should have and no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.plan.notices import EXPERIENCES, Event
from hirewire.platform.arrivals import Malformed, _line
from hirewire.platform.job_applications import Job, JobApplication
from hirewire.platform.letters import Sender, write_letter, write_message
from hirewire.values.mail_address import MailAddress, is_line
from tests.platform.mailbox import read_mail
from tests.platform.sandbox import NOON, ORGANIZATION

MAILED = [event for event, experience in EXPERIENCES.items() if experience.mail_after_ms is not None]
NASTY = '{title} {0} %s <b>&amp;</b> \U0001f600 \u202fZo\u00eb =?utf-8?q?x?= , "Bcc: x@example.com" '
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}


def mail_of(event: Event, title: str, name: str | None, company: str | None, address: str = "ann@example.com") -> bytes:
    job = Job("1", ORGANIZATION, title, company, None, NOON)
    application = JobApplication(
        "urn:li:jobApplication:1", "1", ORGANIZATION, "urn:li:person:a", name, None, None, NOON
    )
    sender = Sender(MailAddress.parse("jobs@platform.example"), name)
    letter = write_letter(event, application, job)
    return write_message(letter, sender, MailAddress.parse(address), "<0123abcd@platform.example>", NOON)


def lines() -> st.SearchStrategy[str]:
    """Whatever an arrival may bring."""
    return st.text(min_size=1, max_size=200).filter(lambda text: bool(text.strip()) and is_line(text))


@given(st.sampled_from(MAILED), lines(), st.none() | lines(), st.none() | lines())
def test_a_mail_has_its_headers_and_no_other_and_says_what_it_should(
    event: Event, title: str, name: str | None, company: str | None
):
    content = mail_of(event, title, name, company)
    assert content == mail_of(event, title, name, company)
    assert content.isascii() and all(len(line) <= 998 for line in content.split(b"\r\n"))
    mail = read_mail(content)
    assert set(mail.keys()) == HEADERS
    assert mail["To"] == "ann@example.com" and mail["Message-ID"] == "<0123abcd@platform.example>"
    assert (
        mail["Subject"].split()
        == write_letter(
            event,
            JobApplication("", "", "", "", name, None, None, NOON),
            Job("1", ORGANIZATION, title, company, None, NOON),
        ).subject.split()
    )
    body = mail.get_body(("plain",))
    assert body is not None and title in body.get_content()


@pytest.mark.parametrize("event", MAILED)
def test_what_looks_like_markup_or_a_template_is_text(event: Event):
    mail = read_mail(mail_of(event, NASTY, NASTY, NASTY))
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None and html is not None
    assert NASTY in text.get_content()
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in html.get_content() and "<b>" not in html.get_content()
    assert set(mail.keys()) == HEADERS


def test_a_recipient_beyond_ascii_is_written_as_it_is():
    assert "To: jos\u00e9@xn--bcher-kva.example\r\n".encode() in mail_of(
        Event.SUBMITTED, "x", None, None, "jos\u00e9@b\u00fccher.example"
    )


@given(st.text())
def test_what_an_arrival_takes_is_a_line(text: str):
    try:
        taken = _line("title", text)
    except Malformed:
        return
    assert is_line(taken) and 0 < len(taken.strip()) <= 200
