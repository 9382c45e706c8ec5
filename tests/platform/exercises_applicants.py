"""Every verb of the stores about jobs, applicants, notices and mails."""

from __future__ import annotations

from dataclasses import replace

from hirewire.db import Transaction
from hirewire.plan.mailing import Consent, MailState
from hirewire.plan.notices import EVERYWHERE, Event, Surface
from hirewire.platform.customers import Choice
from hirewire.platform.job_applications import Job, JobApplication
from hirewire.platform.letters import Letter
from hirewire.platform.lifecycle_log import ReportedAction
from hirewire.platform.mails import Mail, MailFilter, Written
from hirewire.platform.stores import Stores
from hirewire.values.time import Millis
from tests.platform.sandbox import NOON, ORGANIZATION, milliseconds

JOB = Job("77", ORGANIZATION, "Engineer \U0001f600", "Acme", None, NOON)
APPLICATION = JobApplication(
    "urn:li:jobApplication:9", "77", ORGANIZATION, "urn:li:person:a", "Zo\u00eb", "zoe@example.com", None, NOON
)
LETTER = Letter("subject \U0001f600", "text\n", "<p>html</p>\n")


def exercise_job_applications(tx: Transaction, stores: Stores) -> None:
    store = stores.job_applications
    assert store.post(tx, JOB) and not store.post(tx, replace(JOB, title="Other"))
    assert store.post(tx, replace(JOB, id="78", organization="urn:li:organization:9", posted_at=milliseconds(1)))
    assert store.job(tx, "77") == JOB and store.job(tx, "7") is None
    assert [job.id for job in store.jobs(tx, None, 9)] == ["78", "77"]
    assert store.jobs(tx, ORGANIZATION, 9) == [JOB] and len(store.jobs(tx, None, 1)) == 1
    assert store.add(tx, APPLICATION) and not store.add(tx, APPLICATION)
    second = replace(APPLICATION, urn="urn:li:jobApplication:10", job="78", email=None, submitted_at=milliseconds(1))
    assert store.add(tx, second)
    assert store.find(tx, APPLICATION.urn) == APPLICATION and store.find(tx, "x") is None
    assert store.each(tx, applicant=APPLICATION.applicant, count=9) == [second, APPLICATION]
    assert store.each(tx, job="77", count=9) == [APPLICATION]
    assert store.each(tx, job="78", applicant="urn:li:person:b", count=9) == []
    assert store.applicant_with(tx, "zoe@example.com") == APPLICATION.applicant
    assert store.applicant_with(tx, "ZOE@example.com") is None


def exercise_lifecycle_log(tx: Transaction, stores: Stores) -> None:
    log = stores.lifecycle_log
    action = ReportedAction(APPLICATION.urn, ORGANIZATION, "APPLICATION_VIEWED", 2**62, NOON, "child")
    numbers = [log.add(tx, action), log.add(tx, replace(action, organization=None))]
    assert numbers[0] < numbers[1]
    assert [number for number, _ in log.of(tx, APPLICATION.urn, count=9)] == numbers[::-1]
    assert log.of(tx, APPLICATION.urn, before=numbers[1], count=9) == [(numbers[0], action)]
    assert log.of(tx, "urn:li:jobApplication:10", count=9) == []


def exercise_notices(tx: Transaction, stores: Stores) -> None:
    notices = stores.notices
    notices.show(tx, APPLICATION.urn, Event.SUBMITTED, EVERYWHERE, NOON)
    notices.show(tx, APPLICATION.urn, Event.SUBMITTED, EVERYWHERE, milliseconds(5))
    notices.show(tx, APPLICATION.urn, Event.RESUME_DOWNLOADED, (Surface.MY_JOBS,), milliseconds(5))
    shown = [(each.event, each.surface, each.shown_at) for each in notices.of(tx, APPLICATION.urn)]
    assert shown == [
        (Event.SUBMITTED, Surface.JOB_POSTING, NOON),
        (Event.SUBMITTED, Surface.MY_JOBS, NOON),
        (Event.RESUME_DOWNLOADED, Surface.MY_JOBS, milliseconds(5)),
    ]


def exercise_mails(tx: Transaction, stores: Stores) -> None:
    mails, urn = stores.mails, APPLICATION.urn
    assert mails.next_at(tx) is None
    due_at = milliseconds(10)
    mails.put(tx, urn, Event.SUBMITTED, "a@b", MailState.WITHHELD, NOON, NOON)
    mails.put(tx, urn, Event.SUBMITTED, "a@b", MailState.DUE, due_at, milliseconds(1))
    mails.put(tx, urn, Event.SUBMITTED, "a@b", MailState.NO_ADDRESS, NOON, NOON)
    for event in (Event.APPLICATION_VIEWED, Event.APPLICATION_REJECTED):
        mails.put(tx, urn, event, "a@b", MailState.DUE, due_at, NOON)
    assert mails.next_at(tx) == due_at and mails.claim(tx, milliseconds(9), milliseconds(20), 9) == []
    taken = sorted(mails.claim(tx, due_at, milliseconds(20), 9), key=lambda mail: mail.id)
    assert [mail.next_at for mail in taken] == [milliseconds(20)] * 3 and taken[0].created_at == milliseconds(1)
    assert mails.claim(tx, milliseconds(19), milliseconds(30), 9) == []
    first, second, third = taken
    written = Written("<1@b>", NOON, LETTER)
    mails.write(tx, first, written)
    assert mails.finish(tx, first, MailState.SENT, milliseconds(21), attempts=1)
    assert not mails.finish(tx, first, MailState.FAILED, milliseconds(22), attempts=2, error="late")
    mails.postpone(tx, second, milliseconds(90), attempts=1, error="busy \ufffd")
    mails.postpone(tx, second, milliseconds(1), attempts=9, error="the claim is over")
    mails.give_up(tx, second, milliseconds(1), attempts=9, error="the claim is over")
    mails.give_up(tx, third, milliseconds(21), attempts=7, error="no")
    seen = {mail.id: (mail.state, mail.attempts, mail.error) for mail in mails.each(tx, MailFilter())}
    assert seen == {
        first.id: (MailState.SENT, 1, None),
        second.id: (MailState.DUE, 1, "busy \ufffd"),
        third.id: (MailState.FAILED, 7, "no"),
    }
    found: Mail | None = mails.find(tx, first.id)
    assert found is not None and (found.written, found.finished_at) == (written, milliseconds(21))
    assert mails.find(tx, 0) is None and mails.next_at(tx) == milliseconds(90)
    assert [mail.id for mail in mails.each(tx, MailFilter(before=third.id, count=1))] == [second.id]
    assert [mail.id for mail in mails.each(tx, MailFilter(state=MailState.FAILED))] == [third.id]
    assert list(mails.each(tx, MailFilter(job_application="urn:li:jobApplication:10"))) == []


def exercise_applicants(tx: Transaction, stores: Stores) -> None:
    assert stores.applicants.consents(tx, "urn:li:organization:8") == []
    for at, is_given in ((0, True), (5, False)):
        stores.customers.choose(tx, "urn:li:organization:8", Choice.APPLICANT_NOTIFICATIONS, is_given, milliseconds(at))
    stores.customers.choose(tx, "urn:li:organization:8", Choice.USES_ACLS, True, NOON)
    expected = [Consent(NOON, True), Consent(Millis(NOON + 5), False)]
    assert stores.applicants.consents(tx, "urn:li:organization:8") == expected
    another = replace(APPLICATION, urn="urn:li:jobApplication:11")
    assert stores.applicants.submit(tx, another) and not stores.applicants.submit(tx, another)


EXERCISES = (
    exercise_job_applications,
    exercise_lifecycle_log,
    exercise_notices,
    exercise_mails,
    exercise_applicants,
)
