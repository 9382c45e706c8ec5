"""The receiver's side of push events: verify, read, answer the challenge; and the same as an ASGI or WSGI application.

Not here: what to do with an event. Events come at least once and in any order, so that is yours to make repeatable.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from hirewire.catalog.events import Announcement, Event, EventType, ProspectNoteDeleted, UnknownEvent, read_event
from hirewire.client.errors import ConfigurationError, HirewireError
from hirewire.wire import signature as signatures
from hirewire.wire.body import write_json
from hirewire.wire.errors import Theirs
from hirewire.wire.http import Headers, HttpResponse
from hirewire.wire.signature import SIGNATURE_HEADER

__all__ = [
    "BODY_MAX_BYTES",
    "Announcement",
    "Event",
    "EventType",
    "InvalidChallenge",
    "InvalidSignature",
    "ProspectNoteDeleted",
    "Secret",
    "UnknownEvent",
    "UnreadableEvent",
    "WebhookError",
    "asgi_receiver",
    "challenge",
    "unwrap",
    "verify",
    "wsgi_receiver",
]

BODY_MAX_BYTES = 65_536
"""The largest body a receiver reads. Events are a few hundred bytes."""

Secret = str | Sequence[str] | Mapping[str, str | Sequence[str]]
"""A client secret; or several while one replaces another, the current one first; or those of each application id."""

AsgiMessage = MutableMapping[str, Any]
AsgiApplication = Callable[
    [AsgiMessage, Callable[[], Awaitable[AsgiMessage]], Callable[[AsgiMessage], Awaitable[None]]],
    Coroutine[Any, Any, None],
]

_LOG = logging.getLogger(__name__)
_QUERY_PARAMETERS_MAX = 20
# Whoever asks gets the code signed, so a code must never be able to read as a body to sign: no "=", no braces.
_CODE = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)


class WebhookError(HirewireError):
    """A request that is not what the platform sends. ``status`` is the HTTP status to answer it with."""

    status: ClassVar[int] = 400
    documentation = "how-to/push-events.md#check-what-arrives"


class InvalidSignature(WebhookError):
    """The signature is missing, or not that of these bytes under any secret given: anybody may have sent them."""

    status = 401
    next_step = (
        "Drop the body and answer 401. If every event fails, compare the client secret, and verify the bytes as they "
        "came, before anything parses or rewrites them"
    )


class UnreadableEvent(WebhookError):
    """The signature is right, but the body is no event this version can read."""

    next_step = "Keep the body, answer 400 so that it is sent again, and see whether a newer version reads it"


class InvalidChallenge(WebhookError):
    """The challenge code is not one to sign, or it is for an application whose secret is not here."""

    next_step = "Answer 400. If the platform asked, add the secret of that application id"


def verify(secret: Secret, body: bytes, signature: str | None, *, accept_raw_body: bool = False) -> bool:
    """Whether ``signature`` (the value of ``X-LI-Signature``) is that of exactly these bytes under one of the secrets.

    ``accept_raw_body`` also takes a signature over the body alone, as some senders make it; the documented one has
    ``hmacsha256=`` before the body.

    Raises:
        ConfigurationError: there is no secret, or one is empty.
    """
    profiles = (signatures.PREFIXED, signatures.RAW_BODY) if accept_raw_body else (signatures.PREFIXED,)
    secrets = _secrets(secret)
    return any(signatures.verify(profile, each, body, signature) for each in secrets for profile in profiles)


def unwrap(secret: Secret, body: bytes, signature: str | None, *, accept_raw_body: bool = False) -> Event:
    """The event of a request that was verified as ``verify`` does. A type of a later day is an ``UnknownEvent``.

    Raises:
        InvalidSignature: not signed with one of the secrets.
        UnreadableEvent: signed, but no event.
        ConfigurationError: there is no secret, or one is empty.
    """
    if not verify(secret, body, signature, accept_raw_body=accept_raw_body):
        raise InvalidSignature(f"{SIGNATURE_HEADER} is {'wrong' if signature else 'missing'}")
    try:
        return read_event(body)
    except Theirs as error:
        raise UnreadableEvent(f"the signed body is no event: {error}") from error


def challenge(secret: Secret, code: str, application_id: str | None = None) -> bytes:
    """The JSON to answer ``?challengeCode=CODE&applicationId=ID`` with: status 200, ``application/json``, within 3 s.

    Of several secrets the first one answers; of those by application id, the first one of that application.

    Raises:
        InvalidChallenge: the code is not letters, digits and hyphens, at most 64, or the application id is unknown.
        ConfigurationError: there is no secret, or one is empty.
    """
    if not _CODE.fullmatch(code):
        raise InvalidChallenge("expected challengeCode as 1 to 64 letters, digits and hyphens")
    if isinstance(secret, Mapping):
        if application_id is None or application_id not in secret:
            raise InvalidChallenge("no secret is known for this applicationId")
        secret = secret[application_id]
    return write_json(signatures.challenge_answer(_secrets(secret)[0], code))


def asgi_receiver(
    secret: Secret, on_event: Callable[[Event], Awaitable[None]], *, accept_raw_body: bool = False
) -> AsgiApplication:
    """An ASGI application for a callback URL, to be run by itself or mounted in another.

    ``on_event`` is awaited before the event is acknowledged; when it raises, the answer is 500 and the platform sends
    the event again. It gets no events of unknown types: those are acknowledged at once.

    Raises:
        ConfigurationError: there is no secret, or one is empty.
    """
    door = _Door(secret, accept_raw_body)

    async def application(
        scope: AsgiMessage,
        receive: Callable[[], Awaitable[AsgiMessage]],
        send: Callable[[AsgiMessage], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"a webhook receiver speaks HTTP, not {scope['type']}: route only HTTP to it")
        answer = door.without_body(scope["method"], scope["query_string"].decode("latin-1"))
        if answer is None:
            body = await _asgi_body(receive)
            if body is None:
                return
            wanted = SIGNATURE_HEADER.lower().encode()
            lines = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == wanted]
            read = door.event(body, ",".join(lines))
            answer = read if isinstance(read, HttpResponse) else _ACKNOWLEDGED
            if not isinstance(read, HttpResponse):
                try:
                    await on_event(read)
                except Exception:  # noqa: BLE001 - whatever it is, it is logged, and the platform must send again
                    answer = _failed(read)
        headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    return application


def wsgi_receiver(
    secret: Secret, on_event: Callable[[Event], None], *, accept_raw_body: bool = False
) -> WSGIApplication:
    """A WSGI application for a callback URL; otherwise as ``asgi_receiver``.

    Raises:
        ConfigurationError: there is no secret, or one is empty.
    """
    door = _Door(secret, accept_raw_body)
    variable = "HTTP_" + SIGNATURE_HEADER.upper().replace("-", "_")

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = door.without_body(environ["REQUEST_METHOD"], environ.get("QUERY_STRING", ""))
        if answer is None:
            read = door.event(_wsgi_body(environ), environ.get(variable))
            answer = read if isinstance(read, HttpResponse) else _ACKNOWLEDGED
            if not isinstance(read, HttpResponse):
                try:
                    on_event(read)
                except Exception:  # noqa: BLE001 - whatever it is, it is logged, and the platform must send again
                    answer = _failed(read)
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", list(answer.headers))
        return [answer.body]

    return application


@dataclass(frozen=True, slots=True)
class _Door:
    """What a receiver decides about a request, whatever interface it came through."""

    # Not shown: a repr may end in a log.
    secret: Secret = field(repr=False)
    accept_raw_body: bool

    def __post_init__(self) -> None:
        _secrets(self.secret)  # a wrong setting is told at the start, not by the first event

    def without_body(self, verb: str, query: str) -> HttpResponse | None:
        """The answer to whatever is no event; None for what may be one."""
        if verb == "POST":
            return None
        if verb == "GET":
            return self._challenge(query)
        refusal = _refusal(405, "expected POST with an event, or GET with challengeCode", ("Allow", "GET, POST"))
        return HttpResponse(405, refusal.headers) if verb == "HEAD" else refusal

    def event(self, body: bytes, signature: str | None) -> Event | HttpResponse:
        """The event to hand on, or the answer where there is none to hand on."""
        if len(body) > BODY_MAX_BYTES:
            return _refusal(413, f"an event has at most {BODY_MAX_BYTES} bytes")
        try:
            event = unwrap(self.secret, body, signature, accept_raw_body=self.accept_raw_body)
        except WebhookError as error:
            return _refusal(error.status, error.message)
        # New types are no breaking change: not to acknowledge them would have them sent for days.
        return _ACKNOWLEDGED if isinstance(event, UnknownEvent) else event

    def _challenge(self, query: str) -> HttpResponse:
        try:
            given = parse_qsl(query, keep_blank_values=True, max_num_fields=_QUERY_PARAMETERS_MAX)
        except ValueError:
            given = []
        names = [name for name, _ in given]
        if names.count("challengeCode") != 1 or names.count("applicationId") > 1:
            return _refusal(400, "expected challengeCode once, and applicationId at most once")
        asked = dict(given)
        try:
            return _json(200, challenge(self.secret, asked["challengeCode"], asked.get("applicationId")))
        except WebhookError as error:
            return _refusal(error.status, error.message)


def _secrets(secret: Secret) -> tuple[str, ...]:
    if isinstance(secret, str):
        found: tuple[str, ...] = (secret,)
    elif isinstance(secret, Mapping):
        found = tuple(each for values in secret.values() for each in _secrets(values))
    else:
        found = tuple(secret)
    # A lone surrogate, as an environment variable with stray bytes has it, is no text to sign with.
    if not found or not all(each and each.encode(errors="replace").decode() == each for each in found):
        raise ConfigurationError("expected the client secret of the application, got none, an empty one, or no text")
    return found


async def _asgi_body(receive: Callable[[], Awaitable[AsgiMessage]]) -> bytes | None:
    """The body, cut once it is too large; None when the sender left before its end."""
    body = bytearray()
    while len(body) <= BODY_MAX_BYTES:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body)


def _wsgi_body(environ: WSGIEnvironment) -> bytes:
    """The body, cut once it is too large. Without a length there is none, unless the server marks its end."""
    declared = environ.get("CONTENT_LENGTH") or ""
    if declared.isascii() and declared.isdigit():
        size = int(declared) if len(declared) < 20 else BODY_MAX_BYTES + 1
    else:
        size = BODY_MAX_BYTES + 1 if environ.get("wsgi.input_terminated") else 0
    body: bytes = environ["wsgi.input"].read(min(size, BODY_MAX_BYTES + 1))
    return body


def _json(status: int, body: bytes, *headers: tuple[str, str]) -> HttpResponse:
    lines = (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers)
    return HttpResponse(status, Headers(lines), body)


def _refusal(status: int, message: str, *headers: tuple[str, str]) -> HttpResponse:
    return _json(status, write_json({"message": message}), *headers)


def _failed(event: Event) -> HttpResponse:
    # Only the kind: what an event is about may be a person.
    _LOG.exception("on_event failed for %s; answered 500, the platform will send it again", type(event).__name__)
    return _refusal(500, "the event was not taken: send it again")


_ACKNOWLEDGED = HttpResponse(200, Headers([("Content-Length", "0")]))
