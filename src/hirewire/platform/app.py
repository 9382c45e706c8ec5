"""The composition root of the platform: settings, database and clock in, an ASGI application out.

No framework: one request is a head, a body and an answer, and which part answers is the first piece of its path.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
from collections.abc import Awaitable, Callable
from email.utils import formatdate

from hirewire.catalog.call import Refusal
from hirewire.catalog.codec import encode_refusal
from hirewire.catalog.errors import resource_not_found
from hirewire.db import (
    CommitUnknown,
    Database,
    DatabaseBusy,
    DatabaseClosed,
    DatabaseError,
    DatabaseFull,
    DatabaseUnavailable,
)
from hirewire.platform import control, oauth
from hirewire.platform.asgi import ClientGone, Receive, Scope, Send, read_body, read_head, send_response
from hirewire.platform.control import Control
from hirewire.platform.control_applicants import ApplicantControl
from hirewire.platform.control_integrations import IntegrationControl
from hirewire.platform.control_prospects import ProspectControl
from hirewire.platform.credentials import Random, new_client_id, new_secret, secret_digest
from hirewire.platform.delivery import Challenges, Deliveries, Shared
from hirewire.platform.dispatch import Api, ApiSettings
from hirewire.platform.effects import NewCredentials
from hirewire.platform.head import Head, protocol_of
from hirewire.platform.mailing import Mailing
from hirewire.platform.oauth import OAuth
from hirewire.platform.outgoing import Outgoing
from hirewire.platform.settings import PlatformSettings
from hirewire.platform.smtp import Postman
from hirewire.platform.stores import Stores
from hirewire.platform.tokens import TokenCache
from hirewire.platform.workers import Workers
from hirewire.runtime.clock import Clock
from hirewire.runtime.logs import Log, make_log
from hirewire.values.time import SECOND_MS
from hirewire.wire.body import write_json
from hirewire.wire.http import Headers, HttpResponse

Answer = Callable[[Head, Receive], Awaitable[HttpResponse]]

_UUID_BYTES = 16


class Platform:
    """The platform as an ASGI application; ``stores`` are there for whoever runs it in process."""

    def __init__(
        self,
        settings: PlatformSettings,
        database: Database,
        clock: Clock,
        log: Log,
        random: Random,
        outgoing: Outgoing | None = None,
        mail_tls: ssl.SSLContext | None = None,
    ) -> None:
        self.settings = settings
        self.database = database
        self.clock = clock
        sealing_key = settings.sealing_key.get_secret_value() if settings.sealing_key else None
        self.stores = Stores.of(database, journal_rows=settings.journal_rows, sealing_key=sealing_key)
        self._log = log
        self._random = random
        self._cost = settings.secret_cost
        tokens = TokenCache(database, self.stores.tokens, size_max=settings.token_cache_max)
        allowed = settings.allowed_hosts()
        api = ApiSettings(
            settings.rules(),
            settings.served_versions(),
            settings.body_bytes_max,
            settings.journal_excerpt_bytes,
            allowed,
        )
        self.workers = Workers(clock, log)
        shared = Shared(
            database,
            self.stores,
            settings.rules(),
            outgoing or Outgoing(allowed, clock),
            clock,
            log,
            random,
            self.workers.wake,
        )
        server = settings.mail_server()
        postman = Postman(server, mail_tls) if server is not None else None
        mailing = Mailing(database, self.stores, settings.mail_sender(), postman, clock, log, random)
        self.workers.employ(Deliveries(shared), Challenges(shared), mailing)
        key = settings.control_key
        self._api = Api(api, database, self.stores, tokens, clock, self._new_credentials)
        self._oauth = OAuth(database, self.stores, clock, random, token_lifetime_s=settings.token_lifetime_s)
        self._control = Control(
            key.get_secret_value() if key else None,
            database,
            self.stores,
            clock,
            (
                *IntegrationControl(database, self.stores, clock, random).routes,
                *ProspectControl(database, self.stores, clock, random).routes,
                *ApplicantControl(database, self.stores, clock, random).routes,
            ),
        )
        self._answers: dict[str, Answer] = {
            "v2": self._answer_api,
            "rest": self._answer_api,
            "oauth": self._answer_oauth,
            "control": self._answer_control,
            "healthz": self._answer_healthz,
            "readyz": self._answer_readyz,
        }
        self._fabric = settings.fabric.encode()
        self._date = (0, b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            await _lifespan(receive, send)
            return
        request_id = self.new_request_id()
        head = read_head(scope, request_id, self.clock.now(), self.clock.monotonic())
        try:
            response = await self._answer(head, receive)
        except ClientGone:
            self._log.debug("client gone", request_id=request_id)
            return
        if self.stores.bell.heard():
            self.workers.wake()
        await send_response(send, response, self.common_headers(request_id) + _closing(head, response.status))
        self._log.info(
            "request",
            request_id=request_id,
            verb=head.verb,
            path=head.path[:200],
            status=response.status,
            ms=round((self.clock.monotonic() - head.started) * 1_000, 1),
        )

    async def _answer(self, head: Head, receive: Receive) -> HttpResponse:
        """Whoever owns the path answers; whatever goes wrong becomes an answer too."""
        answer = self._answers.get(head.path.removeprefix("/").partition("/")[0], self._answer_nothing)
        try:
            return await answer(head, receive)
        except ClientGone:
            raise
        except DatabaseError as error:
            self._log.error("database", request_id=head.request_id, exc_info=error)
            return await self._failed(head, _database_refusal(error))
        except Exception as error:  # noqa: BLE001 - the last boundary: nothing was committed, and the caller must hear of it
            self._log.error("unexpected", request_id=head.request_id, exc_info=error)
            return await self._failed(head, _UNEXPECTED)

    async def _failed(self, head: Head, refusal: Refusal) -> HttpResponse:
        """Answer a failure of ours; the journal hears of it if it can."""
        # Whatever kept the request from being answered may keep it from being written down as well.
        with contextlib.suppress(Exception):
            return await self._api.refuse(head, refusal)
        return _error(refusal, head)

    # -- who answers

    async def _answer_api(self, head: Head, receive: Receive) -> HttpResponse:
        settings = self.settings
        return await self._api.answer(
            head, lambda: read_body(receive, settings.body_bytes_max, settings.body_timeout_s)
        )

    async def _answer_oauth(self, head: Head, receive: Receive) -> HttpResponse:
        if head.path not in (oauth.TOKEN_PATH, oauth.INTROSPECTION_PATH):
            return await self._answer_nothing(head, receive)
        if head.verb != "POST":
            return _not_allowed(head, "POST")
        return await self._oauth.answer(head, await self._small_body(receive, oauth.BODY_BYTES_MAX))

    async def _answer_control(self, head: Head, receive: Receive) -> HttpResponse:
        refusal = self._control.admits(head)
        if refusal is not None:
            return _error(refusal, head)
        return await self._control.answer(head, await self._small_body(receive, control.BODY_BYTES_MAX))

    async def _answer_healthz(self, head: Head, receive: Receive) -> HttpResponse:
        return _health(head, 200, "ok")

    async def _answer_readyz(self, head: Head, receive: Receive) -> HttpResponse:
        try:
            await self.database.read(self.stores.ping)
        except DatabaseError as error:
            self._log.warning("not ready", request_id=head.request_id, error=str(error))
            return _health(head, 503, "the database does not answer")
        return _health(head, 200, "ok")

    async def _answer_nothing(self, head: Head, receive: Receive) -> HttpResponse:
        return _error(resource_not_found(), head)

    # -- what they need

    async def _small_body(self, receive: Receive, size_max: int) -> bytes | Refusal:
        return await read_body(receive, size_max, self.settings.body_timeout_s)

    async def _new_credentials(self) -> NewCredentials:
        return await asyncio.to_thread(new_credentials, self._random, self._cost)

    def new_request_id(self) -> str:
        """A name for one request that no other has."""
        return self._random(_UUID_BYTES).hex()

    def common_headers(self, request_id: str) -> list[tuple[bytes, bytes]]:
        """What every response carries (error handling page: "x-li-uuid, x-li-fabric, x-li-request-id")."""
        return [
            (b"x-li-request-id", request_id.encode()),
            (b"x-li-uuid", request_id.encode()),
            (b"x-li-fabric", self._fabric),
            (b"date", self._http_date()),
        ]

    def _http_date(self) -> bytes:
        # By the platform's clock, so that a caller who estimates its skew learns the truth; formatted once a second.
        second = self.clock.now() // SECOND_MS
        if self._date[0] != second:
            self._date = (second, formatdate(second, usegmt=True).encode())
        return self._date[1]


def create_app(
    settings: PlatformSettings,
    database: Database,
    clock: Clock,
    *,
    log: Log | None = None,
    random: Random = os.urandom,
    outgoing: Outgoing | None = None,
    mail_tls: ssl.SSLContext | None = None,
) -> Platform:
    """The platform over an open database, whose schema is brought forward if need be.

    ``outgoing`` replaces how push events leave, ``mail_tls`` the trust in mail servers. Nothing works in the background until ``workers`` run.

    Raises:
        SchemaTooNew: the database was migrated by a newer version.
    """
    log = log if log is not None else make_log(clock, level=settings.log_level, format=settings.log_format)
    return Platform(settings, database, clock, log, random, outgoing, mail_tls)


def new_credentials(
    random: Random, cost: int, client_id: str | None = None, secret: str | None = None
) -> NewCredentials:
    """A key pair, made up where not given. Takes its time: not on an event loop."""
    secret = new_secret(random) if secret is None else secret
    return NewCredentials(client_id or new_client_id(random), secret, secret_digest(secret, random, cost))


async def _lifespan(receive: Receive, send: Send) -> None:
    """There is nothing to start or stop here: whoever opened the database closes it, after the last request."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
        else:
            return


def _closing(head: Head, status: int) -> list[tuple[bytes, bytes]]:
    # What was refused while its body is still to come, or was never asked for: nobody can tell where the next request
    # on this connection would begin.
    is_unfinished = status == 408 or (status >= 400 and head.headers.get("Expect") is not None)
    return [(b"connection", b"close")] if is_unfinished else []


_UNEXPECTED = Refusal(500, "INTERNAL_SERVER_ERROR", "The platform failed by its own fault; nothing was changed")

# What to tell a caller, by what went wrong; the first class that fits.
_DATABASE_REFUSALS: tuple[tuple[type[DatabaseError], Refusal], ...] = (
    (CommitUnknown, Refusal(504, "GATEWAY_TIMEOUT", "The database did not say whether the change was stored")),
    (DatabaseUnavailable, Refusal(503, "SERVICE_UNAVAILABLE", "The database cannot be reached; nothing was changed")),
    (DatabaseBusy, Refusal(503, "SERVICE_UNAVAILABLE", "The database is busy; nothing was changed. Try again")),
    (DatabaseFull, Refusal(503, "SERVICE_UNAVAILABLE", "The database is full; nothing was changed")),
    (DatabaseClosed, Refusal(503, "SERVICE_UNAVAILABLE", "The platform is stopping; nothing was changed")),
)


def _database_refusal(error: DatabaseError) -> Refusal:
    return next((refusal for kind, refusal in _DATABASE_REFUSALS if isinstance(error, kind)), _UNEXPECTED)


def _error(refusal: Refusal, head: Head) -> HttpResponse:
    return encode_refusal(refusal, protocol_of(head))


def _not_allowed(head: Head, verb: str) -> HttpResponse:
    refusal = Refusal(405, "METHOD_NOT_ALLOWED", f"Expected {verb} {head.path}, got {head.verb}")
    response = _error(refusal, head)
    return HttpResponse(response.status, response.headers.set("Allow", verb), response.body)


def _health(head: Head, status: int, text: str) -> HttpResponse:
    if head.verb not in ("GET", "HEAD"):
        return _not_allowed(head, "GET")
    return HttpResponse(status, Headers((("Content-Type", "application/json"),)), write_json({"status": text}))
