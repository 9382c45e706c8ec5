"""Access tokens: fetched with client credentials, shared by all calls of a client, renewed before they expire.

The rules come from the Client Credentials Flow: 30 minutes of life, no refresh token, form-encoded values, another host
than the API's, and errors in OAuth's shape instead of the API's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from hirewire.catalog.call import Refusal
from hirewire.wire.body import read_json
from hirewire.wire.errors import Theirs
from hirewire.wire.http import Headers, HttpRequest, HttpResponse
from hirewire.wire.response import read_error_response

EARLY_S = 30.0
"""A token is renewed this long before it expires, so that none expires on its way."""

_LIFE_USUAL_S = 1800.0
_LIFE_LONGEST_S = 10.0**9


@dataclass(frozen=True, slots=True)
class Credentials:
    """The key pair of an application. Its secret is never shown."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and the moment (monotonic seconds) from which it is not used any more."""

    value: str = field(repr=False)
    renew_at: float


class TokenCache:
    """The newest token of a client. Reading and replacing it are single steps, so threads need no lock for either.

    ``attempts`` counts how often one was asked for, ``failure`` is why the last time gave none.
    """

    def __init__(self) -> None:
        self._token: Token | None = None
        self.attempts = 0
        self.failure: Exception | None = None

    def current(self, now: float, *, refused: str | None = None) -> str | None:
        """The token to use, or None when a new one is needed. ``refused`` is a token that was answered 401."""
        token = self._token
        if token is None or now >= token.renew_at or token.value == refused:
            return None
        return token.value

    def keep(self, token: Token) -> None:
        """Use ``token`` from now on."""
        self._token, self.failure = token, None
        self.attempts += 1

    def fail(self, failure: Exception) -> None:
        """There is none to be had."""
        self.failure = failure
        self.attempts += 1


def token_request(credentials: Credentials, target: str, headers: Headers) -> HttpRequest:
    """The request for a token. The secret stands in the body only: URLs end up in logs."""
    form = {
        "grant_type": "client_credentials",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
    }
    headers = headers.set("Content-Type", "application/x-www-form-urlencoded").set("Accept", "application/json")
    return HttpRequest("POST", target, headers, urlencode(form).encode())


def read_token(body: bytes, now: float) -> Token:
    """The token of a successful answer. ``expires_in`` may be a number or its text (decision G-1).

    Raises:
        Theirs: there is no usable token in it. The body is never quoted: it may hold one.
    """
    answer = read_json(body)
    value = answer.get("access_token") if isinstance(answer, Mapping) else None
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value.strip():
        raise Theirs("expected an object with access_token, a text a header can carry", where="token answer")
    life_s = _seconds(answer.get("expires_in", _LIFE_USUAL_S))
    # A token that lives shorter than the margin is used for half of its life: else no call could ever be made.
    return Token(value, now + max(life_s - EARLY_S, life_s / 2))


def _seconds(value: Any) -> float:
    try:
        seconds = float(value) if isinstance(value, int | float | str) else -1.0
    except (ValueError, OverflowError):
        seconds = -1.0
    if not 0 < seconds <= _LIFE_LONGEST_S:
        raise Theirs("expected expires_in, a positive number of seconds", where="token answer")
    return seconds


def read_token_refusal(response: HttpResponse) -> Refusal:
    """Why no token was given: OAuth's ``error`` and ``error_description``, or whatever else was sent."""
    error = read_error_response(response)
    try:
        answer = read_json(response.body)
    except Theirs:
        answer = None
    named = answer if isinstance(answer, Mapping) else {}
    code, text = (named.get(name) for name in ("error", "error_description"))
    return Refusal(
        response.status,
        code if isinstance(code, str) else error.code,
        text if isinstance(text, str) else error.message,
    )
