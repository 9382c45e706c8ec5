"""What applicants see, where and when, with and without consent (decisions G-35, G-36, G-38, G-45, G-46); their pages."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from hirewire.db import open_database
from tests.platform.applying import (
    DOWNLOADED,
    REJECTED,
    SUBMITTED,
    THREE_DAYS_S,
    VIEWED,
    Applied,
    action,
    apply,
    consent,
    create,
)
from tests.platform.sandbox import NOON, ORGANIZATION, Sandbox


def seen(applied: Applied, event: str) -> set[str]:
    """Where an event is told."""
    places = {"job posting": applied.on_posting(), "my jobs": applied.in_my_jobs()}
    told = {place for place, events in places.items() if event in events}
    return told | ({"mail"} if applied.mails().get(event) == "kept" else set())


EVERYWHERE = {"job posting", "my jobs", "mail"}


@pytest.mark.parametrize(
    ("event", "with_consent"),
    [
        (VIEWED, EVERYWHERE),
        (DOWNLOADED, {"job posting", "my jobs"}),
        (REJECTED, {"mail"}),
    ],
)
@pytest.mark.parametrize("is_consented", [True, False])
def test_where_an_event_is_told(each_sandbox: Sandbox, event: str, with_consent: set[str], is_consented: bool):
    applied, caller = apply(each_sandbox), each_sandbox.caller()
    if is_consented:
        consent(each_sandbox, True)
    assert create(caller, action(applied.urn, event)).status == 201
    each_sandbox.work()
    early = with_consent if event != REJECTED else set()
    assert seen(applied, event) == (early if is_consented else set())
    each_sandbox.clock.advance(THREE_DAYS_S)
    each_sandbox.work()
    assert seen(applied, event) == (with_consent if is_consented else set())
    assert seen(applied, SUBMITTED) == EVERYWHERE  # by itself, whatever the customer says


# What the customer says, hours after the action, and what became of each event 100 hours after it.
@pytest.mark.parametrize(
    ("words", "viewed", "downloaded", "rejected"),
    [
        ({}, set(), set(), "withheld"),
        ({0: True}, EVERYWHERE, EVERYWHERE - {"mail"}, "kept"),
        ({0: True, 1: False}, EVERYWHERE, EVERYWHERE - {"mail"}, "withheld"),
        ({1: True}, set(), set(), "kept"),
        ({71.9: True}, set(), set(), "kept"),
        ({72.1: True}, set(), set(), "withheld"),
        ({0: True, 72.1: False}, EVERYWHERE, EVERYWHERE - {"mail"}, "kept"),
        ({0: True, 1: False, 2: True}, EVERYWHERE, EVERYWHERE - {"mail"}, "kept"),
    ],
)
def test_consent_counts_when_something_is_due(
    sandbox: Sandbox, words: dict[float, bool], viewed: set[str], downloaded: set[str], rejected: str
):
    applied, caller = apply(sandbox), sandbox.caller()
    if 0 in words:
        consent(sandbox, words[0])
    for event in (VIEWED, DOWNLOADED, REJECTED):
        create(caller, action(applied.urn, event))
    hour = 0.0
    sandbox.work()
    for at in (*(at for at in words if at), 100.0):
        while hour < at:  # the workers run every quarter of an hour, as a platform's would all the time
            each = min(0.25, at - hour)
            sandbox.clock.advance(round(each * 3600))
            sandbox.work()
            hour += each
        if at in words:
            consent(sandbox, words[at])
    assert seen(applied, VIEWED) == viewed
    assert seen(applied, DOWNLOADED) == downloaded
    assert applied.mails()[REJECTED] == rejected
    assert applied.in_my_jobs().count(REJECTED) == applied.on_posting().count(REJECTED) == 0


@pytest.mark.parametrize(("given_at", "state"), [(71, "kept"), (73, "withheld")])
def test_a_platform_that_was_down_when_a_mail_was_due_judges_as_if_it_had_not_been(
    sandbox: Sandbox, given_at: int, state: str
):
    applied = apply(sandbox)
    create(sandbox.caller(), action(applied.urn, REJECTED))
    sandbox.clock.advance(given_at * 3600)
    consent(sandbox, True)
    sandbox.clock.advance(200 * 3600)
    sandbox.work()
    assert applied.mails()[REJECTED] == state


def test_72_hours_count_from_receipt_to_the_millisecond(sandbox: Sandbox):
    applied = apply(sandbox)
    consent(sandbox, True)
    create(sandbox.caller(), action(applied.urn, REJECTED, performedAt=1))
    sandbox.clock.advance(THREE_DAYS_S - 0.001)
    sandbox.work()
    assert applied.mails()[REJECTED] == "due"
    sandbox.clock.advance(0.001)
    sandbox.work()
    assert applied.mails()[REJECTED] == "kept"


def test_a_second_view_with_consent_is_told_although_the_first_was_not(each_sandbox: Sandbox):
    applied, caller = apply(each_sandbox), each_sandbox.caller()
    create(caller, action(applied.urn))
    assert applied.mails()[VIEWED] == "withheld"
    consent(each_sandbox, True)
    each_sandbox.work()
    assert seen(applied, VIEWED) == set()  # what was not told is not told later
    create(caller, action(applied.urn))
    each_sandbox.work()
    assert seen(applied, VIEWED) == EVERYWHERE


def test_without_an_address_everything_else_works(each_sandbox: Sandbox):
    applied, caller = apply(each_sandbox, email=None), each_sandbox.caller()
    consent(each_sandbox, True)
    for event in (VIEWED, DOWNLOADED, REJECTED):
        create(caller, action(applied.urn, event))
    each_sandbox.clock.advance(THREE_DAYS_S)
    each_sandbox.work()
    assert applied.in_my_jobs() == applied.on_posting() == [SUBMITTED, VIEWED, DOWNLOADED]
    assert applied.mails() == dict.fromkeys((SUBMITTED, VIEWED, REJECTED), "no_address")


def test_what_is_due_survives_a_restart(each_sandbox: Sandbox, database_url: str):
    applied = apply(each_sandbox)
    consent(each_sandbox, True)
    create(each_sandbox.caller(), action(applied.urn, REJECTED))
    again = open_database(database_url)
    restarted = Sandbox(again)
    restarted.clock.advance(THREE_DAYS_S)
    restarted.work()
    restarted.close()
    again.close()
    assert applied.mails() == {SUBMITTED: "kept", REJECTED: "kept"}


# ---------------------------------------------------------------- arrivals


@pytest.mark.parametrize(
    ("wish", "hint"),
    [
        ({"email": "a@b\r\nBcc: x@example.com"}, "email"),
        ({"email": "a" * 10_000 + "@example.com"}, "email"),
        ({"email": "a\u0000@example.com"}, "email"),
        ({"name": "Ann\r\nBcc: x@example.com"}, "name"),
        ({"name": "Ann\u0000"}, "name"),
        ({"name": "n" * 10_000}, "name"),
        ({"name": " "}, "name"),
        ({"locale": "en_US\n"}, "locale"),
        ({"applicant": "urn:li:organization:1"}, "applicant"),
        ({"applicant": "a/b"}, "applicant"),
        ({"id": "x"}, "job application"),
        ({"nickname": "Ann"}, "nickname"),
        ({"name": 7}, "name"),
    ],
)
def test_what_cannot_be_in_an_application_is_refused(sandbox: Sandbox, wish: dict[str, Any], hint: str):
    job = sandbox.control("POST", "/control/jobs", {"organization": "12345", "title": "Engineer"}).json["id"]
    answer = sandbox.control("POST", "/control/job-applications", {"job": job, **wish})
    assert (answer.status, answer.code) == (400, "PARAM_INVALID")
    assert hint in answer.json["message"] and len(answer.json["message"]) < 500
    assert sandbox.control("GET", "/control/job-applications").json == {"job_applications": []}


def test_jobs_and_applications_keep_their_ids(each_sandbox: Sandbox):
    job = {"organization": ORGANIZATION, "title": "Engineer", "id": "5"}
    assert each_sandbox.control("POST", "/control/jobs", job).json["id"] == "5"
    assert each_sandbox.control("POST", "/control/jobs", job).status == 409
    for wrong in ({"id": "x"}, {"id": "1" * 20}, {"organization": "x"}, {"title": "a\nb"}, {"title": ""}):
        assert each_sandbox.control("POST", "/control/jobs", {**job, **wrong}).status == 400
    application = {"job": "5", "id": "urn:li:jobApplication:9"}
    assert each_sandbox.control("POST", "/control/job-applications", application).json["urn"] == application["id"]
    assert each_sandbox.control("POST", "/control/job-applications", application).status == 409
    assert each_sandbox.control("POST", "/control/job-applications", {"job": "6"}).status == 404
    assert [each["id"] for each in each_sandbox.control("GET", "/control/jobs?organization=12345").json["jobs"]] == [
        "5"
    ]
    listed = each_sandbox.control("GET", "/control/job-applications?job=5").json["job_applications"]
    assert [each["urn"] for each in listed] == ["urn:li:jobApplication:9"]


def test_who_applies_again_with_the_same_address_is_the_same_person(each_sandbox: Sandbox):
    first, second = apply(each_sandbox), apply(each_sandbox)
    assert first.applicant == second.applicant != apply(each_sandbox, email="other@example.com").applicant
    assert apply(each_sandbox, email=None).applicant != apply(each_sandbox, email=None).applicant
    assert apply(each_sandbox, applicant="ann-1").applicant == "urn:li:person:ann-1"
    my_jobs = each_sandbox.control("GET", f"/control/my-jobs/{first.applicant}").json["applications"]
    assert {each["job_application"] for each in my_jobs} == {first.urn, second.urn}


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/control/job-postings/7", 404),
        ("/control/job-postings/x%0d%0a", 404),
        ("/control/my-jobs/urn:li:organization:1", 400),
        ("/control/my-jobs/a%00b", 400),
        ("/control/job-applications/7", 404),
        ("/control/job-applications/x", 400),
        ("/control/mails/7", 404),
        ("/control/mails/x", 400),
        ("/control/mails?state=lost", 400),
        ("/control/mails?job_application=x", 400),
        ("/control/mails?limit=0&before=0", 200),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(sandbox: Sandbox, target: str, status: int):
    answer = sandbox.control("GET", target)
    assert answer.status == status and answer.json


# ---------------------------------------------------------------- pages


class Reader(HTMLParser):
    """What a page shows, and which elements it is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.elements: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.text += [data.strip()] if data.strip() else []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)


NASTY = "<script>alert('1')</script>&amp;\"{title}{0}%s"


def test_pages_show_what_applicants_may_know_and_nothing_of_others(sandbox: Sandbox):
    body = {"organization": "12345", "title": NASTY, "company": NASTY, "location": NASTY, "id": "5"}
    sandbox.control("POST", "/control/jobs", body)
    for person in ("ann", "bob"):
        wish = {"job": "5", "name": f"{person} {NASTY}", "email": f"{person}@example.com", "applicant": person}
        assert sandbox.control("POST", "/control/job-applications", wish).status == 200
    sandbox.work()
    for target in ("/control/job-postings/5/page?applicant=ann", "/control/my-jobs/ann/page", "/control/mails/1/page"):
        answer = sandbox.control("GET", target)
        reader = Reader(answer.body.decode())
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "script" not in reader.elements and any(NASTY in text for text in reader.text)
        assert "bob" not in answer.body.decode()
    page = Reader(sandbox.control("GET", "/control/my-jobs/ann/page").body.decode())
    assert "Application submitted" in page.text and "2026-03-15 12:00 UTC" in page.text
    assert page.elements[:6] == ["html", "head", "meta", "title", "body", "main"]
    nobody = Reader(sandbox.control("GET", "/control/job-postings/5/page").body.decode())
    assert "Your application" not in nobody.text
    assert "You have not applied for a job yet." in sandbox.control("GET", "/control/my-jobs/eve/page").body.decode()


def test_a_kept_mail_is_read_and_one_that_is_not_due_cannot_be(sandbox: Sandbox):
    applied = apply(sandbox)
    assert sandbox.control("GET", "/control/mails/1/page").status == 404
    sandbox.work()
    (mail,) = sandbox.control("GET", f"/control/mails?job_application={applied.urn}&state=kept").json["mails"]
    assert (mail["subject"], mail["due_at"]) == ("Your application for Engineer was sent", NOON)
    assert "Hello Zo\u00eb," in mail["text"] and "<p>Hello Zo\u00eb,</p>" in mail["html"]
    assert sandbox.control("GET", f"/control/mails/{mail['id']}").json == mail
    assert sandbox.control("GET", "/control/mails?limit=1").json["next_before"] == mail["id"]


def test_the_jobs_of_a_customer_are_offered_for_exports_where_recruiters_may_see_them(sandbox: Sandbox):
    applied = apply(sandbox)
    target = "/control/recruiter/export-jobs?organization=12345"
    assert sandbox.control("GET", target).json["jobs"] == []
    sandbox.control("PATCH", "/control/customers/12345", {"uses_acls": True})
    assert [job["id"] for job in sandbox.control("GET", target).json["jobs"]] == [applied.job]
