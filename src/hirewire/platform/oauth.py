"""The token endpoint and token introspection: OAuth 2.0's own shapes, not those of the API.

Credentials count only in the body, which is read as a form whatever its Content-Type says; never in the URL.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from hirewire.catalog.call import Refusal
from hirewire.db import Database
from hirewire.platform.applications import Application, State
from hirewire.platform.credentials import Random, is_client_id, new_token, secret_matches, token_digest
from hirewire.platform.head import Head
from hirewire.platform.journal import Entry
from hirewire.platform.stores import Stores
from hirewire.platform.tokens import Grant, Standing
from hirewire.runtime.clock import Clock
from hirewire.values.time import SECOND_MS, Millis
from hirewire.wire.body import write_json
from hirewire.wire.http import Headers, HttpResponse

TOKEN_PATH = "/oauth/v2/accessToken"
INTROSPECTION_PATH = "/oauth/v2/introspectToken"
BODY_BYTES_MAX = 65_536
GRANT_TYPE = "client_credentials"
_DIGESTS_AT_ONCE = 2
_PARAMETERS_MAX = 100
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class OAuthError(Exception):
    """A refusal in OAuth's shape."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


def read_form(body: bytes) -> dict[str, str]:
    """The parameters of a form body. Empty values count as absent, as RFC 6749 has it; a repeated one is an error.

    Raises:
        OAuthError: 400 for what is no form.

    >>> read_form(b"grant_type=client_credentials&client_secret=a%2Bb+c&scope=")
    {'grant_type': 'client_credentials', 'client_secret': 'a+b c'}
    """
    try:
        text = body.decode().strip()
    except UnicodeDecodeError:
        raise _invalid_request("The request body is not UTF-8") from None
    pieces = [piece for piece in text.split("&") if piece]
    if len(pieces) > _PARAMETERS_MAX:
        raise _invalid_request(f"The request body holds more than {_PARAMETERS_MAX} parameters")
    form: dict[str, str] = {}
    for piece in pieces:
        name, _, value = piece.partition("=")
        name = _decoded(name)
        if name in form:
            raise _invalid_request(f'The parameter "{name[:60]}" is given twice')
        form[name] = _decoded(value)
    return {name: value for name, value in form.items() if value}


def _decoded(text: str) -> str:
    if _BAD_ESCAPE.search(text):
        raise _invalid_request("The request body is not form-encoded: % must be written %25")
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeDecodeError:
        raise _invalid_request("The request body is not UTF-8") from None


def require(form: Mapping[str, str], *names: str) -> list[str]:
    """The values of required parameters, or the documented error for the first that is missing."""
    for name in names:
        if name not in form:
            raise _invalid_request(f'A required parameter "{name}" is missing')
    return [form[name] for name in names]


def introspected(grant: Grant, now: Millis) -> dict[str, Any]:
    """What introspection says about a token of the application that asks; times are epoch seconds."""
    standing = grant.standing(now)
    return {
        "active": standing is Standing.ACTIVE,
        "status": standing.value,
        "client_id": grant.application.client_id,
        "created_at": grant.issued_at // SECOND_MS,
        "authorized_at": grant.issued_at // SECOND_MS,
        "expires_at": grant.expires_at // SECOND_MS,
        "auth_type": "2L",
    }


def _invalid_request(description: str) -> OAuthError:
    return OAuthError(400, "invalid_request", description)


class OAuth:
    """Answers the two endpoints."""

    def __init__(
        self, database: Database, stores: Stores, clock: Clock, random: Random, *, token_lifetime_s: int
    ) -> None:
        self._database = database
        self._stores = stores
        self._clock = clock
        self._random = random
        self._lifetime_ms = token_lifetime_s * SECOND_MS
        # scrypt takes memory on purpose: a burst of wrong secrets must not take all of it.
        self._digesting = asyncio.Semaphore(_DIGESTS_AT_ONCE)

    async def answer(self, head: Head, body: bytes | Refusal) -> HttpResponse:
        """The answer to one request, whose body may have been too long or too slow."""
        endpoint = self._issue if head.path == TOKEN_PATH else self._introspect
        client_id: str | None = None
        try:
            if isinstance(body, Refusal):
                raise OAuthError(body.status, "invalid_request", body.message)
            form = read_form(body)
            client_id = form.get("client_id")
            members = await endpoint(form)
            return await self._journaled(head, client_id, 200, members, None)
        except OAuthError as error:
            members = {"error": error.error, "error_description": error.description}
            return await self._journaled(head, client_id, error.status, members, error.error)

    async def _issue(self, form: Mapping[str, str]) -> dict[str, Any]:
        grant_type, client_id, client_secret = require(form, "grant_type", "client_id", "client_secret")
        if grant_type != GRANT_TYPE:
            description = f'The grant type must be "{GRANT_TYPE}", got "{grant_type[:60]}"'
            raise OAuthError(400, "unsupported_grant_type", description)
        application = await self._authenticated(client_id, client_secret)
        if application.state is State.REVOKED:
            raise OAuthError(401, "access_denied", "This application is not allowed to create application tokens")
        token, now = new_token(self._random), self._clock.now()
        digest, expires_at = token_digest(token), Millis(now + self._lifetime_ms)
        await self._database.write(lambda tx: self._stores.tokens.add(tx, digest, client_id, now, expires_at))
        return {"access_token": token, "expires_in": self._lifetime_ms // SECOND_MS}

    async def _introspect(self, form: Mapping[str, str]) -> dict[str, Any]:
        client_id, client_secret, token = require(form, "client_id", "client_secret", "token")
        application = await self._authenticated(client_id, client_secret)
        digest = token_digest(token)
        grant = await self._database.read(lambda tx: self._stores.tokens.find(tx, digest))
        if grant is None:
            raise _invalid_request("The passed in token is invalid")
        if grant.application.client_id != application.client_id:
            return {"active": False}
        return introspected(grant, self._clock.now())

    async def _authenticated(self, client_id: str, client_secret: str) -> Application:
        application = await self._find(client_id)
        if application is None:
            raise OAuthError(400, "invalid_client_id", f'The passed in client_id is invalid "{client_id[:128]}"')
        async with self._digesting:
            is_right = await asyncio.to_thread(secret_matches, client_secret, application.secret_digest)
        if not is_right:
            raise OAuthError(401, "invalid_client_id", "Client authentication failed")
        return application

    async def _find(self, client_id: str) -> Application | None:
        if not is_client_id(client_id):
            return None
        return await self._database.read(lambda tx: self._stores.applications.find(tx, client_id))

    async def _journaled(
        self, head: Head, client_id: str | None, status: int, members: Mapping[str, Any], code: str | None
    ) -> HttpResponse:
        """The answer, once the journal knows that it was given. Neither body is kept: both hold secrets."""
        entry = Entry(
            at=head.arrived,
            request_id=head.request_id,
            client_id=client_id if client_id is not None and is_client_id(client_id) else None,
            verb=head.verb,
            target=head.target,
            status=status,
            duration_us=int((self._clock.monotonic() - head.started) * 1_000_000),
            code=code,
        )
        await self._database.write(lambda tx: self._stores.journal.add(tx, entry))
        return HttpResponse(status, _UNCACHED, write_json(members))


_UNCACHED = Headers((("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("Pragma", "no-cache")))
