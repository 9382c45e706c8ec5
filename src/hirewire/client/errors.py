"""What can go wrong, one class per next step of the person or program that catches it.

Not here: one refused record of a batch. That is a result, not an exception (results.py), unless you ask for one by
``raise_for_errors()``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from hirewire.catalog.call import Refusal
from hirewire.values.time import Millis, to_iso

if TYPE_CHECKING:
    from hirewire.client.exchange import RawResponse
    from hirewire.client.results import BatchResult, CreateResult, GetResult


class HirewireError(Exception):
    """The base of all errors of this package's client.

    ``next_step`` says what to do about it, ``documentation`` names the page that explains it. ``may_have_applied`` is true when the platform may have acted on the call
    although it did not say so: do not take such a call for undone. ``result`` is what a bulk call achieved before it
    failed, None for other calls. ``response`` is the raw answer, where there was one.
    """

    next_step: ClassVar[str] = ""
    documentation: ClassVar[str] = "reference/sdk.md#errors"

    def __init__(self, message: str, *, response: RawResponse | None = None, may_have_applied: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.response = response
        self.may_have_applied = may_have_applied
        self.result: BatchResult[Any] | CreateResult[Any] | GetResult[Any, Any] | None = None

    @property
    def request_id(self) -> str | None:
        """What to quote to the platform's support, where an answer came."""
        return self.response.request_id if self.response else None

    @property
    def http_date(self) -> Millis | None:
        """The platform's clock when it answered, where an answer came."""
        return self.response.http_date if self.response else None

    def __str__(self) -> str:
        reference = f" [request id {self.request_id}]" if self.request_id else ""
        return f"{self.message}{reference}. {self.next_step} (see {self.documentation})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword arguments do not survive pickling by themselves, and errors cross process pools.
        return _rebuild, (type(self), self.__dict__, self.args)


def _rebuild(kind: type[HirewireError], members: dict[str, Any], args: tuple[Any, ...]) -> HirewireError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(members)
    return error


class ConfigurationError(HirewireError):
    """Settings or arguments are missing or wrong; nothing was sent."""

    next_step = "Correct the setting"
    documentation = "reference/sdk.md#settings"


class ApiError(HirewireError):
    """The platform refused the whole request. ``refusal`` is its error object as a value."""

    def __init__(
        self,
        refusal: Refusal,
        *,
        what: str,
        response: RawResponse | None = None,
        until: Millis | None = None,
        may_have_applied: bool = False,
    ) -> None:
        code = f" {refusal.code}" if refusal.code else ""
        super().__init__(
            f"{what} was answered {refusal.status}{code}: {refusal.message}",
            response=response,
            may_have_applied=may_have_applied,
        )
        self.refusal = refusal
        self.until = until

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.refusal.status

    @property
    def code(self) -> str | None:
        """The platform's error code, such as ``MISSING_FIELD``: branch on this, never on the message."""
        return self.refusal.code

    @property
    def rule(self) -> str | None:
        """The id of the broken rule in the reference, where one is named."""
        return next((fault.rule for fault in self.refusal.inputs if fault.rule), None)

    def __str__(self) -> str:
        until = f". Try again from {to_iso(self.until)}" if self.until is not None else ""
        return super().__str__() + until


class InvalidRequest(ApiError):
    """400, 404, 405, 413 and their like: the same request will be refused again."""

    next_step = "Mend the request: sending the same again gets the same answer"
    documentation = "reference/resources.md"


class Unauthorized(ApiError):
    """401, also with a fresh token; or the token endpoint refused the client id and secret."""

    next_step = "Check the client id and secret, and that the application may use client credentials"


class Forbidden(ApiError):
    """403: the application may not do this, or not for this integration context."""

    next_step = "Check that the integration context is this application's, and that it may use the resource"


class VersionError(ApiError):
    """The version is missing, malformed, not active yet or not any more."""

    next_step = "Set `version` to one that is active; no other call of this client will succeed either"
    documentation = "reference/resources.md#versions-of-rest"


class Conflict(ApiError):
    """409: what is stored clashes with the call."""

    next_step = "Look at what is stored, then decide which of the two counts"


class Throttled(ApiError):
    """429, and no waiting was left or made sense. ``until`` is when to try again, where that is known."""

    next_step = "Wait"
    documentation = "reference/sdk.md#retries"


class Unavailable(ApiError):
    """5xx, also after retries. The call may have been applied."""

    next_step = "Try again later; quote the request id to the platform's support if it stays"


class Unreachable(HirewireError):
    """Nothing was sent: the host was not found, refused the connection, or gave no token."""

    next_step = "Check base_url, the network and the proxy"


class OutcomeUnknown(HirewireError):
    """The request was sent, but no complete answer came: it may have been applied."""

    next_step = "Repeat the call if repeating does no harm (upserts and deletes), else find out what was applied"


class ProtocolError(HirewireError):
    """The platform answered something that is not its protocol: nothing can be concluded from it."""

    next_step = "Check that base_url is the platform's, then report it with the raw response (`error.response`)"


class PartialFailure(HirewireError):
    """``raise_for_errors()`` found records that were refused, unanswered or never sent; see ``result``."""

    next_step = "See `error.result.failed`, `.unknown` and `.not_applied`"
    documentation = "reference/sdk.md#results"


_BY_STATUS: dict[int, type[ApiError]] = {
    401: Unauthorized,
    403: Forbidden,
    409: Conflict,
    426: VersionError,
    429: Throttled,
}
# A missing version is a 400 like many others, but mended elsewhere.
_BY_CODE: dict[str | None, type[ApiError]] = {"VERSION_MISSING": VersionError, "VERSION_INVALID": VersionError}


def api_error(
    refusal: Refusal, *, what: str, response: RawResponse, until: Millis | None = None, may_have_applied: bool = False
) -> ApiError:
    """The error of the class that fits a refusal; ``what`` names the request ("PUT /rest/applicationNotes").

    The status is that of HTTP: a body that claims another one does not change what happened.
    """
    usual = Unavailable if response.status >= 500 else InvalidRequest
    kind = _BY_CODE.get(refusal.code) or _BY_STATUS.get(response.status, usual)
    refusal = replace(refusal, status=response.status)
    return kind(refusal, what=what, response=response, until=until, may_have_applied=may_have_applied)
