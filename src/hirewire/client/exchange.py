"""What every answer has in common, whatever was asked: status, headers, body, request id, the platform's clock."""

from __future__ import annotations

import email.utils
from dataclasses import dataclass, field
from typing import Any, Self

from hirewire.catalog.codec.bodies import read_refusal
from hirewire.client.errors import HirewireError, ProtocolError, api_error
from hirewire.values.time import Millis, from_datetime
from hirewire.wire.body import read_json
from hirewire.wire.errors import Theirs
from hirewire.wire.http import Headers, HttpResponse
from hirewire.wire.response import read_error_response

# Both are to be quoted to the platform's support (D-ERR); the first names one request most precisely.
_REQUEST_ID_HEADERS = ("x-li-request-id", "x-li-uuid")


@dataclass(frozen=True, slots=True)
class RawResponse:
    """One HTTP answer as it came. ``headers.get(name)`` ignores case; ``body`` is what was sent, read to the end."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, response: HttpResponse) -> RawResponse:
        """The same answer, as callers see it."""
        return cls(response.status, response.headers, response.body)

    @property
    def request_id(self) -> str | None:
        """What to quote to the platform's support."""
        return next((value for name in _REQUEST_ID_HEADERS if (value := self.headers.get(name))), None)

    @property
    def http_date(self) -> Millis | None:
        """The platform's clock when it answered (``Date``, whole seconds), in milliseconds."""
        return read_http_date(self.headers.get("Date"))

    def raise_for_status(self) -> Self:
        """This answer, when its status is below 300.

        Raises:
            ApiError: the platform refused.
            ProtocolError: a redirect, which is never followed.
        """
        if self.status < 300:
            return self
        raise failed_answer(self, what="the request")

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ProtocolError: the body is no JSON.
        """
        try:
            return read_json(self.body)
        except Theirs as error:
            raise ProtocolError(str(error), response=self) from None


def failed_answer(
    response: RawResponse, *, what: str, until: Millis | None = None, may_have_applied: bool = False
) -> HirewireError:
    """The error an answer with a status of 300 and more stands for; ``what`` names the request."""
    if response.status < 400:
        place = response.headers.get("Location")
        message = f"{what} was answered {response.status}, a redirect to {place!r}; redirects are not followed"
        return ProtocolError(message, response=response, may_have_applied=may_have_applied)
    refusal = read_refusal(read_error_response(HttpResponse(response.status, response.headers, response.body)))
    return api_error(refusal, what=what, response=response, until=until, may_have_applied=may_have_applied)


def read_http_date(text: str | None) -> Millis | None:
    """The moment of an HTTP date; None for anything else.

    >>> read_http_date("Thu, 01 Jan 1970 00:00:01 GMT")
    1000
    """
    try:
        moment = email.utils.parsedate_to_datetime(text or "")
        return from_datetime(moment)
    except (ValueError, TypeError, OverflowError, IndexError):
        # A date without a zone is refused too: it names no moment.
        return None


def read_retry_after(text: str | None, now: Millis) -> float | None:
    """The seconds a ``Retry-After`` asks to wait: a number of them, or an HTTP date; None for anything else.

    >>> read_retry_after("120", Millis(0)), read_retry_after("soon", Millis(0))
    (120.0, None)
    """
    given = (text or "").strip()
    if given.isascii() and given.isdigit() and len(given) <= 9:
        return float(given)
    until = read_http_date(given)
    return None if until is None else max(0.0, (until - now) / 1000)
