"""Mails to applicants through a real mail server: once, with consent, again after failures, and never after success."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import trustme

from hirewire.db import Database, DatabaseUnavailable, open_database
from hirewire.plan.mailing import CLAIM_MS, GAPS_S
from hirewire.platform.settings import PlatformSettings
from hirewire.platform.smtp import MailSecurity, MailServer, Postman
from hirewire.values.mail_address import MailAddress
from tests.platform.applying import REJECTED, SUBMITTED, THREE_DAYS_S, VIEWED, Applied, action, apply, consent, create
from tests.platform.mailbox import Mailbox, MailServerOnLoopback
from tests.platform.sandbox import NOON, Sandbox
from tests.platform.served import Served


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mail_server(mailbox: Mailbox) -> Iterator[MailServerOnLoopback]:
    server = MailServerOnLoopback(mailbox)
    yield server
    server.close()


def settings_for(server: MailServerOnLoopback) -> dict[str, Any]:
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": server.port,
        "smtp_security": "none",
        "mail_from": "jobs@platform.example",
        "mail_from_name": "J\u00f6bs",
    }


@pytest.fixture
def mailing(make_sandbox: Callable[..., Sandbox], mail_server: MailServerOnLoopback) -> Sandbox:
    """A platform that hands its mails to the server."""
    return make_sandbox(**settings_for(mail_server))


def reject(sandbox: Sandbox, **wish: Any) -> Applied:
    """Somebody applies and is rejected, with the customer's consent; the mail about the application itself is out."""
    applied = apply(sandbox, **wish)
    consent(sandbox, True)
    create(sandbox.caller(), action(applied.urn, REJECTED))
    sandbox.work()
    return applied


def test_the_rejection_mail_comes_after_72_hours_once(database: Database, mail_server: MailServerOnLoopback, mailbox):
    sandbox = Sandbox(database, **settings_for(mail_server))
    applied = reject(sandbox)
    mailbox.taken.clear()
    sandbox.clock.advance(THREE_DAYS_S - 1)
    sandbox.work()
    assert mailbox.taken == []
    sandbox.clock.advance(1)
    caller = sandbox.caller(client_id="again")
    for _ in range(3):
        sandbox.work()
        sandbox.clock.advance(THREE_DAYS_S)
        caller.token = sandbox.token(caller.made)
        assert create(caller, action(applied.urn, REJECTED)).status == 201
    (envelope,), (mail,) = mailbox.taken, mailbox.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == ("jobs@platform.example", ["zoe@example.com"])
    assert (mail["From"], mail["To"]) == ("J\u00f6bs <jobs@platform.example>", "zoe@example.com")
    assert mail["Subject"] == "About your application for Engineer"
    assert mail["Date"].datetime.timestamp() * 1_000 == NOON + THREE_DAYS_S * 1_000
    assert mail["Message-ID"].endswith("@platform.example>")
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for part in (text, html):
        assert "Zo\u00eb" in part and "Acme will not be moving forward" in part
    assert mail.get_content_type() == "multipart/alternative" and "<p>" in html and "<p>" not in text
    assert applied.mails() == {SUBMITTED: "sent", REJECTED: "sent"}
    sandbox.close()


def test_without_consent_nothing_is_mailed_but_the_submission(mailing: Sandbox, mailbox: Mailbox):
    applied = apply(mailing)
    for event in (VIEWED, REJECTED):
        create(mailing.caller(client_id=event.lower()), action(applied.urn, event))
    mailing.clock.advance(THREE_DAYS_S)
    mailing.work()
    assert [mail["Subject"] for mail in mailbox.mails] == ["Your application for Engineer was sent"]
    assert applied.mails() == {SUBMITTED: "sent", VIEWED: "withheld", REJECTED: "withheld"}


def test_more_mails_than_go_at_once_all_leave(mailing: Sandbox, mailbox: Mailbox):
    for number in range(30):
        apply(mailing, email=f"{number}@example.com")
    mailing.work()
    assert sorted(envelope.rcpt_tos[0] for envelope in mailbox.taken) == sorted(f"{n}@example.com" for n in range(30))
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 30


# ---------------------------------------------------------------- failures


def the_mail(applied: Applied) -> dict[str, Any]:
    (mail,) = applied.story()["mails"]
    found: dict[str, Any] = mail
    return found


@pytest.mark.parametrize(
    "refuse_at",
    [{"MAIL": "450 busy"}, {"RCPT": "451 greylisted"}, {"DATA": "452 full"}, {"MAIL": "550 who are you"}],
    ids=str,
)
def test_a_passing_failure_is_tried_again_until_it_works(mailing: Sandbox, mailbox: Mailbox, refuse_at: dict[str, Any]):
    mailbox.refuse_at = refuse_at
    applied = apply(mailing)
    mailing.work()
    mail = the_mail(applied)
    assert (mail["state"], mail["attempts"]) == ("due", 1) and list(refuse_at.values())[0] in mail["error"]
    mailing.work()
    assert the_mail(applied)["attempts"] == 1
    mailing.clock.advance(GAPS_S[0] * 1.2)
    mailbox.refuse_at = {}
    mailing.work()
    mail = the_mail(applied)
    assert (mail["state"], mail["attempts"], mail["error"]) == ("sent", 2, None)
    assert len(mailbox.taken) == 1


def test_a_server_that_is_down_is_tried_for_two_days_then_the_mail_has_failed_visibly(
    make_sandbox: Callable[..., Sandbox], mail_server: MailServerOnLoopback
):
    settings = settings_for(mail_server)
    mail_server.close()
    sandbox = make_sandbox(**settings)
    applied = apply(sandbox)
    sandbox.work()
    for gap_s in GAPS_S:
        assert the_mail(applied)["state"] == "due"
        sandbox.clock.advance(gap_s * 1.2)
        sandbox.work()
    mail = the_mail(applied)
    assert (mail["state"], mail["attempts"], mail["next_at"]) == ("failed", len(GAPS_S) + 1, None)
    assert "Connect" in mail["error"]
    assert any('"mail failed"' in line for line in sandbox.lines)
    assert not any("zoe@" in line for line in sandbox.lines)
    sandbox.clock.advance(30 * 86_400)
    sandbox.work()
    assert the_mail(applied) == mail


@pytest.mark.parametrize("refuse_at", [{"RCPT": "550 no such user \x00\x1b[2J \xff"}, {"DATA": "554 no"}], ids=str)
def test_a_lasting_refusal_fails_at_once(mailing: Sandbox, mailbox: Mailbox, refuse_at: dict[str, Any]):
    mailbox.refuse_at = refuse_at
    applied = apply(mailing)
    mailing.work()
    mail = the_mail(applied)
    assert (mail["state"], mail["attempts"]) == ("failed", 1) and mail["error"].isprintable()


def test_silence_is_a_passing_failure(mailing: Sandbox, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("hirewire.platform.smtp.DEADLINE_S", 0.2)
    mailbox.refuse_at = {"RCPT": None}
    applied = apply(mailing)
    mailing.work()
    mail = the_mail(applied)
    assert (mail["state"], mail["attempts"]) == ("due", 1) and "within 0.2 s" in mail["error"]


def test_consent_taken_back_between_two_attempts_stops_the_mail(mailing: Sandbox, mailbox: Mailbox):
    applied = apply(mailing)
    consent(mailing, True)
    mailbox.refuse_at = {"DATA": "450 later"}
    create(mailing.caller(), action(applied.urn))
    mailing.work()
    mailbox.refuse_at = {}
    consent(mailing, False)
    mailing.clock.advance(3_600)
    mailing.work()
    assert applied.mails() == {SUBMITTED: "sent", VIEWED: "withheld"}
    assert applied.in_my_jobs() == [SUBMITTED, VIEWED]  # what was shown stays shown


def test_the_same_mail_is_tried_again_under_the_same_message_id(mailing: Sandbox, mailbox: Mailbox):
    applied = apply(mailing)
    mailbox.refuse_at = {"DATA": "450 later"}
    mailing.work()
    first = the_mail(applied)["message_id"]
    mailbox.refuse_at = {}
    mailing.clock.advance(3_600)
    mailing.work()
    (mail,) = mailbox.mails
    assert mail["Message-ID"] == first == the_mail(applied)["message_id"]


# ---------------------------------------------------------------- between the server's word and ours


def test_a_mail_that_was_taken_but_not_recorded_is_not_sent_again(
    mailing: Sandbox, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    applied = apply(mailing)
    write = mailing.database.write

    async def away(unit: Any) -> Any:
        raise DatabaseUnavailable("the database went away")

    # From the moment the server has the mail, the database is away.
    mailbox.after_data = lambda: monkeypatch.setattr(mailing.database, "write", away)
    with pytest.raises(DatabaseUnavailable):
        mailing.work()
    monkeypatch.setattr(mailing.database, "write", write)
    mailing.clock.advance(CLAIM_MS / 1_000 + 1)
    mailing.work()
    assert applied.mails() == {SUBMITTED: "sent"}
    assert len(mailbox.taken) == 1


def test_who_dies_after_the_server_has_taken_a_mail_leaves_it_to_be_sent_again_as_the_same(
    mailing: Sandbox, mailbox: Mailbox, make_sandbox: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch
):
    applied = apply(mailing)

    async def dead(unit: Any) -> Any:
        raise DatabaseUnavailable("dead")

    write = mailing.database.write
    mailbox.after_data = lambda: monkeypatch.setattr(mailing.database, "write", dead)
    with pytest.raises(DatabaseUnavailable):
        mailing.work()
    mailbox.after_data = lambda: None
    monkeypatch.setattr(mailing.database, "write", write)
    another = make_sandbox(**mailing.settings.model_dump(exclude_unset=True, include={*settings_names()}))
    another.work()
    assert len(mailbox.taken) == 1  # the claim holds
    another.clock.advance(CLAIM_MS / 1_000)
    another.work()
    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"] and bytes(first) == bytes(second)
    assert applied.mails() == {SUBMITTED: "sent"}


def settings_names() -> tuple[str, ...]:
    return tuple(name for name in PlatformSettings.model_fields if name.startswith(("smtp_", "mail_")))


def test_a_killed_platform_sends_what_was_due_when_it_is_back(
    serve: Callable[..., Served],
    mail_server: MailServerOnLoopback,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    sqlite_url: str,
):
    for name, value in settings_for(mail_server).items():
        monkeypatch.setenv(f"HIREWIRE_PLATFORM__{name.upper()}", str(value))
    served = serve("--manual-clock", "2026-03-15T12:00:00Z")
    served.provision()
    served.control("PATCH", "/control/customers/12345", '{"applicant_notifications": true}')
    job = served.control("POST", "/control/jobs", '{"organization": "12345", "title": "Engineer"}')["id"]
    body = json.dumps({"job": job, "email": "ann@example.com", "id": "77"})
    served.control("POST", "/control/job-applications", body)
    headers = {"Authorization": f"Bearer {served.token()}", "x-restli-method": "create"}
    assert (
        served.ask("POST", "/v2/jobApplicationLifecycleActions", json.dumps(action("77", REJECTED)), headers)[0] == 201
    )
    served.kill()
    back = open_database(sqlite_url)
    later = Sandbox(back, **settings_for(mail_server))
    later.clock.advance(THREE_DAYS_S)
    later.work()
    later.close()
    back.close()
    subjects = {mail["Subject"] for mail in mailbox.mails}
    assert subjects == {"Your application for Engineer was sent", "About your application for Engineer"}


def test_a_served_platform_mails_by_itself(
    serve: Callable[..., Served],
    mail_server: MailServerOnLoopback,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
):
    for name, value in settings_for(mail_server).items():
        monkeypatch.setenv(f"HIREWIRE_PLATFORM__{name.upper()}", str(value))
    served = serve("--manual-clock", "2026-03-15T12:00:00Z")
    job = served.control("POST", "/control/jobs", '{"organization": "12345", "title": "Engineer"}')["id"]
    arrived = mailbox.arrival()
    served.control("POST", "/control/job-applications", json.dumps({"job": job, "email": "ann@example.com"}))
    assert arrived.wait(30)
    assert served.stop() == 0  # and what was handed in is recorded before it ends
    database = open_database(served.database_url)
    looking = Sandbox(database)
    (mail,) = looking.control("GET", "/control/mails").json["mails"]
    looking.close()
    database.close()
    assert mail["state"] == "sent"


# ---------------------------------------------------------------- the server's ways


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


SENDER = MailAddress.parse("jobs@platform.example")
ANN = MailAddress.parse("ann@example.com")


def hand_in(sandbox: Sandbox, server: MailServer, recipient: MailAddress = ANN, tls: Any = None) -> str | None:
    not_taken = sandbox._runner.run(Postman(server, tls).hand_in(SENDER, recipient, b"Subject: x\r\n\r\nx\r\n"))
    return None if not_taken is None else not_taken.error


def test_mail_goes_through_starttls_signed_in(sandbox: Sandbox, mailbox: Mailbox, authority: trustme.CA):
    server = MailServerOnLoopback(mailbox, starttls=server_tls(authority), password="s3cret")
    account = MailServer("127.0.0.1", server.port, MailSecurity.STARTTLS, "user", "s3cret")
    try:
        assert hand_in(sandbox, account, tls=client_tls(authority)) is None
        error = hand_in(sandbox, replace(account, password="wrong"), tls=client_tls(authority))
        assert error is not None and "535" in error and "wrong" not in error
        error = hand_in(sandbox, account)
        assert error is not None and "certificate" in error.lower()
    finally:
        server.close()
    assert len(mailbox.taken) == 1 and "s3cret" not in repr(account)


def test_mail_goes_through_tls_from_the_first_byte(sandbox: Sandbox, mailbox: Mailbox, authority: trustme.CA):
    server = MailServerOnLoopback(mailbox, tls=server_tls(authority))
    account = MailServer("127.0.0.1", server.port, MailSecurity.TLS)
    try:
        assert hand_in(sandbox, account, tls=client_tls(authority)) is None
        error = hand_in(sandbox, account)
        assert error is not None and "certificate" in error.lower()
    finally:
        server.close()
    assert len(mailbox.taken) == 1


def test_a_server_without_starttls_is_given_nothing(
    sandbox: Sandbox, mailbox: Mailbox, mail_server: MailServerOnLoopback
):
    error = hand_in(sandbox, MailServer("127.0.0.1", mail_server.port, MailSecurity.STARTTLS, "user", "s3cret"))
    assert error is not None and mailbox.seen == []


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(
    sandbox: Sandbox, mailbox: Mailbox, mail_server: MailServerOnLoopback
):
    jose = MailAddress.parse("jos\u00e9@b\u00fccher.example")
    assert hand_in(sandbox, MailServer("127.0.0.1", mail_server.port, MailSecurity.NONE), jose) is None
    (envelope,) = mailbox.taken
    assert envelope.rcpt_tos == ["jos\u00e9@xn--bcher-kva.example"] and "SMTPUTF8" in envelope.mail_options


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ({"smtp_user": "u"}, "belong together"),
        ({"smtp_user": "u", "smtp_password": "p", "smtp_security": "none"}, "in the clear"),
        ({"smtp_port": 0}, "greater than"),
        ({"mail_from": "nobody"}, "ann@example.com"),
        ({"mail_from": "a@b\r\nBcc: c@d"}, "expected"),
        ({"mail_from": "jos\u00e9@example.com"}, "ASCII"),
        ({"mail_from_name": "a\nb"}, "one line"),
    ],
)
def test_a_mail_setting_that_cannot_work_is_named(wrong: dict[str, Any], hint: str):
    with pytest.raises(ValueError, match=hint):
        PlatformSettings(**wrong)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_follows_from_how_the_way_is_secured(security: str, port: int):
    server = PlatformSettings(smtp_host="mail.example", smtp_security=MailSecurity(security)).mail_server()
    assert server is not None and server.port == port
    assert PlatformSettings().mail_server() is None
