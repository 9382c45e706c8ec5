"""The receiver's side of push events: one table through both adapters, and nothing hostile gets past them."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from wsgiref.util import setup_testing_defaults

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hirewire
from hirewire import ConfigurationError, webhooks
from hirewire.catalog.events import Announcement, EventType, ProspectNoteDeleted, write_event
from hirewire.wire.signature import PREFIXED, RAW_BODY, is_challenge_answer, sign

SECRET = "example-client-secret"
BODY = b'{"prospectNoteId":"1323073443","type":"DELETE_PROSPECT_NOTE","integrationContext":"urn:li:contract:123"}'
SIGNATURE = "04f69a0a795ce767336f5a51c66f971bcad7363c057944d6ff29d73dbd083748"
CODE = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
CODE_RESPONSE = "ac5f5ebec250543618c192df328c98bb121cf6b7ec43c98a553cf318fc81dec6"
DELETED = ProspectNoteDeleted(1323073443, "urn:li:contract:123")
LARGEST = webhooks.BODY_MAX_BYTES


@dataclass(frozen=True)
class Asked:
    """One request to a receiver. ``signatures`` are the lines of that header, in order."""

    verb: str = "POST"
    query: str = ""
    body: bytes = BODY
    signatures: tuple[str, ...] = (SIGNATURE,)
    secret: webhooks.Secret = SECRET
    accept_raw_body: bool = False
    trouble: Exception | None = None


@dataclass
class Told:
    """What came of it."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    events: list[webhooks.Event] = field(default_factory=list)


def by_wsgi(asked: Asked, environ: Mapping[str, Any] | None = None) -> Told:
    told = Told()

    def on_event(event: webhooks.Event) -> None:
        assert told.status == 0, "acknowledged before it was taken"
        told.events.append(event)
        if asked.trouble:
            raise asked.trouble

    def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
        told.status, told.headers = int(status[:3]), {name.lower(): value for name, value in headers}
        return lambda _: None

    filled: dict[str, Any] = {
        "REQUEST_METHOD": asked.verb,
        "QUERY_STRING": asked.query,
        "CONTENT_LENGTH": str(len(asked.body)),
        "wsgi.input": io.BytesIO(asked.body),
    }
    if asked.signatures:
        filled["HTTP_X_LI_SIGNATURE"] = ",".join(asked.signatures)
    filled |= environ or {}
    setup_testing_defaults(filled)
    receiver = webhooks.wsgi_receiver(asked.secret, on_event, accept_raw_body=asked.accept_raw_body)
    told.body = b"".join(receiver(filled, start_response))
    return told


def by_asgi(asked: Asked, messages: Iterable[dict[str, Any]] | None = None) -> Told:
    told = Told()
    half = len(asked.body) // 2
    pending = iter(
        messages
        or (
            {"type": "http.request", "body": asked.body[:half], "more_body": True},
            {"type": "http.request", "body": asked.body[half:]},
        )
    )

    async def on_event(event: webhooks.Event) -> None:
        assert told.status == 0, "acknowledged before it was taken"
        told.events.append(event)
        if asked.trouble:
            raise asked.trouble

    async def receive() -> Any:
        return next(pending)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.status = message["status"]
            told.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            told.body += message["body"]

    scope = {
        "type": "http",
        "method": asked.verb,
        "query_string": asked.query.encode("latin-1"),
        "headers": [(b"host", b"x"), *((b"x-li-signature", each.encode("latin-1")) for each in asked.signatures)],
    }
    receiver = webhooks.asgi_receiver(asked.secret, on_event, accept_raw_body=asked.accept_raw_body)
    asyncio.run(receiver(scope, receive, send))
    return told


both = pytest.mark.parametrize("ask", [by_asgi, by_wsgi])


def signed(body: bytes, **others: Any) -> Asked:
    return Asked(body=body, signatures=(sign(PREFIXED, SECRET, body),), **others)


def padded(size: int) -> bytes:
    return BODY + b" " * (size - len(BODY))


TABLE = {
    "the published vector": (Asked(), 200, [DELETED]),
    "with a query of the owner's": (Asked(query="customer=1"), 200, [DELETED]),
    "upper case, prefixed": (Asked(signatures=(f"hmacsha256={SIGNATURE.upper()}",)), 200, [DELETED]),
    "old secret while rotating": (Asked(secret=("new", SECRET)), 200, [DELETED]),
    "secrets by application": (Asked(secret={"1": "other", "2": ["new", SECRET]}), 200, [DELETED]),
    "the largest body": (signed(padded(LARGEST)), 200, [DELETED]),
    "one byte more": (signed(padded(LARGEST + 1)), 413, []),
    "unknown type": (signed(b'{"type":"RESYNC_JOBS","x":"\\ud800"}'), 200, []),
    "another secret": (Asked(secret="another"), 401, []),
    "one byte changed": (Asked(body=BODY.replace(b"123", b"124")), 401, []),
    "written again": (Asked(body=json.dumps(json.loads(BODY)).encode()), 401, []),
    "no signature": (Asked(signatures=()), 401, []),
    "empty signature": (Asked(signatures=("",)), 401, []),
    "twice the same signature": (Asked(signatures=(SIGNATURE, SIGNATURE)), 401, []),
    "a wrong and a right one": (Asked(signatures=("0" * 64, SIGNATURE)), 401, []),
    "beyond ASCII": (Asked(signatures=("\xff" * 64,)), 401, []),
    "very long": (Asked(signatures=("0" * 100_000,)), 401, []),
    "bare body, not asked for": (Asked(signatures=(sign(RAW_BODY, SECRET, BODY),)), 401, []),
    "bare body, asked for": (
        Asked(signatures=(sign(RAW_BODY, SECRET, BODY),), accept_raw_body=True),
        200,
        [DELETED],
    ),
    "documented, bare body asked for": (Asked(accept_raw_body=True), 200, [DELETED]),
    "signed, empty": (signed(b""), 400, []),
    "signed, no JSON": (signed(b"\xff{"), 400, []),
    "signed, a list of events": (signed(b"[" + BODY + b"]"), 400, []),
    "signed, deep": (signed(b"[" * 60_000), 400, []),
    "signed, member twice": (signed(b'{"type":"A","type":"B"}'), 400, []),
    "signed, no note id": (signed(b'{"type":"DELETE_PROSPECT_NOTE","prospectNoteId":"\\ud800"}'), 400, []),
    "on_event fails": (Asked(trouble=KeyError("secret of a person")), 500, [DELETED]),
    "challenge": (Asked("GET", f"a=b&challengeCode={CODE}"), 200, []),
    "no challenge code": (Asked("GET"), 400, []),
    "empty challenge code": (Asked("GET", "challengeCode="), 400, []),
    "two challenge codes": (Asked("GET", f"challengeCode={CODE}&challengeCode={CODE}"), 400, []),
    "two application ids": (Asked("GET", f"challengeCode={CODE}&applicationId=1&applicationId=2"), 400, []),
    "too many parameters": (Asked("GET", "&".join(["a=b"] * 10_000) + f"&challengeCode={CODE}"), 400, []),
    "no bytes of a text": (Asked("GET", "challengeCode=%ff%ed%a0%80"), 400, []),
    "line break at the end": (Asked("GET", f"challengeCode={CODE}%0A"), 400, []),
    "long challenge code": (Asked("GET", "challengeCode=" + "a" * 65), 400, []),
    "application unknown": (Asked("GET", f"challengeCode={CODE}&applicationId=2", secret={"1": SECRET}), 400, []),
    "application not named": (Asked("GET", f"challengeCode={CODE}", secret={"1": SECRET}), 400, []),
    "HEAD": (Asked("HEAD", f"challengeCode={CODE}"), 405, []),
    **{verb: (Asked(verb), 405, []) for verb in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "post", "")},
}


@both
@pytest.mark.parametrize(("asked", "status", "events"), TABLE.values(), ids=TABLE)
def test_every_request_has_its_answer(
    ask: Callable[[Asked], Told], asked: Asked, status: int, events: list[webhooks.Event]
) -> None:
    told = ask(asked)
    assert (told.status, told.events) == (status, events)
    assert told.headers.get("allow") == ("GET, POST" if status == 405 else None)
    if asked.verb == "HEAD":
        assert told.body == b""
    else:
        assert told.headers["content-length"] == str(len(told.body))
    if told.body:
        assert told.headers["content-type"] == "application/json"
        assert json.loads(told.body).keys() in ({"message"}, {"challengeCode", "challengeResponse"})
    assert SECRET.encode() not in told.body and b"person" not in told.body


@both
@pytest.mark.parametrize(
    ("secret", "query"),
    [(SECRET, ""), (SECRET, "&applicationId=9"), ([SECRET, "old"], ""), ({"9": [SECRET, "old"]}, "&applicationId=9")],
)
def test_the_challenge_is_answered_as_documented(
    ask: Callable[[Asked], Told], secret: webhooks.Secret, query: str
) -> None:
    told = ask(Asked("GET", f"challengeCode={CODE}{query}", secret=secret))
    assert (told.status, told.headers["content-type"]) == (200, "application/json")
    assert json.loads(told.body) == {"challengeCode": CODE, "challengeResponse": CODE_RESPONSE}
    assert is_challenge_answer(SECRET, CODE, told.body)


@both
@pytest.mark.parametrize("forged", [BODY.decode(), f"hmacsha256={BODY.decode()}", "hmacsha256=", "hmacsha256={}"])
def test_nobody_gets_an_event_signed_by_asking_for_a_challenge(ask: Callable[[Asked], Told], forged: str) -> None:
    assert ask(Asked("GET", "challengeCode=" + quote(forged))).status == 400


@both
def test_a_failing_on_event_is_logged_without_what_it_is_about(
    ask: Callable[[Asked], Told], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        ask(Asked(trouble=RuntimeError("full")))
    (record,) = caplog.records
    assert "ProspectNoteDeleted" in record.getMessage() and "123" not in record.getMessage()
    assert record.exc_info and str(record.exc_info[1]) == "full"


names = st.text(min_size=1, max_size=255)
events = st.one_of(
    st.builds(ProspectNoteDeleted, st.integers(0, 2**63 - 1), names),
    st.builds(
        Announcement,
        st.sampled_from([EventType.EXPORT_CANDIDATE_PROFILE, EventType.INTEGRATION_STATUS_CHANGE]),
        names,
        st.none() | st.integers(0, 2**53),
    ),
)


@given(event=events, secret=st.text(st.characters(codec="utf-8"), min_size=1))
def test_what_the_platform_signs_the_receiver_takes(event: ProspectNoteDeleted | Announcement, secret: str) -> None:
    body = write_event(event)
    signature = sign(PREFIXED, secret, body)
    assert webhooks.unwrap(secret, body, signature) == event
    asked = Asked(body=body, signatures=(signature,), secret=secret)
    assert [(told.status, told.events) for told in (by_asgi(asked), by_wsgi(asked))] == [(200, [event])] * 2


@given(body=st.binary(max_size=200), signature=st.text(st.characters(max_codepoint=255)) | st.none())
def test_nothing_unsigned_gets_past(body: bytes, signature: str | None) -> None:
    assert not webhooks.verify(SECRET, body, signature, accept_raw_body=True)
    with pytest.raises(webhooks.InvalidSignature):
        webhooks.unwrap(SECRET, body, signature)


@given(body=st.binary(max_size=200))
def test_whatever_is_signed_is_an_event_or_unreadable(body: bytes) -> None:
    try:
        webhooks.unwrap(SECRET, body, sign(PREFIXED, SECRET, body))
    except webhooks.UnreadableEvent as error:
        assert error.status == 400 and error.__cause__ is not None


def test_the_errors_say_what_next() -> None:
    with pytest.raises(webhooks.InvalidSignature, match=r"X-LI-Signature is missing\. Drop the body") as caught:
        webhooks.unwrap(SECRET, BODY, None)
    assert isinstance(caught.value, hirewire.HirewireError)
    with pytest.raises(webhooks.UnreadableEvent, match="the signed body is no event: .* Keep the body"):
        webhooks.unwrap(SECRET, b"{}", sign(PREFIXED, SECRET, b"{}"))
    with pytest.raises(webhooks.InvalidChallenge, match="no secret is known"):
        webhooks.challenge({"1": SECRET}, CODE, "2")


@pytest.mark.parametrize("secret", ["", (), {}, [SECRET, ""], {"1": ""}, {"1": []}, "\udcff"])
def test_a_secret_nobody_can_have_is_told_at_the_start(secret: webhooks.Secret) -> None:
    async def never(_: webhooks.Event) -> None: ...

    with pytest.raises(ConfigurationError, match="client secret"):
        webhooks.asgi_receiver(secret, never)
    with pytest.raises(ConfigurationError, match="client secret"):
        webhooks.wsgi_receiver(secret, lambda _: None)
    with pytest.raises(ConfigurationError, match="client secret"):
        webhooks.verify(secret, BODY, SIGNATURE)


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"CONTENT_LENGTH": ""}, 401),
        ({"CONTENT_LENGTH": "x"}, 401),
        ({"CONTENT_LENGTH": "-1"}, 401),
        ({"CONTENT_LENGTH": "٣"}, 401),
        ({"CONTENT_LENGTH": str(len(BODY) - 1)}, 401),
        ({"CONTENT_LENGTH": "9" * 5000, "wsgi.input": io.BytesIO(b" " * (LARGEST + 9))}, 413),
        ({"CONTENT_LENGTH": "", "wsgi.input_terminated": True}, 200),
    ],
)
def test_wsgi_reads_what_is_declared_and_no_more_than_is_allowed(environ: dict[str, Any], status: int) -> None:
    assert by_wsgi(Asked(), environ).status == status


def test_asgi_stops_reading_a_body_that_never_ends() -> None:
    chunks = ({"type": "http.request", "body": b"x" * 1000, "more_body": True} for _ in range(67))
    assert by_asgi(Asked(), chunks).status == 413
    assert len(list(chunks)) == 1


def test_asgi_says_nothing_to_a_sender_who_left() -> None:
    left = ({"type": "http.request", "body": BODY, "more_body": True}, {"type": "http.disconnect"})
    assert by_asgi(Asked(), left) == Told()


def test_asgi_takes_no_other_conversation() -> None:
    async def never(*_: Any) -> Any:
        raise AssertionError

    with pytest.raises(RuntimeError, match="HTTP, not lifespan"):
        asyncio.run(webhooks.asgi_receiver(SECRET, never)({"type": "lifespan"}, never, never))
