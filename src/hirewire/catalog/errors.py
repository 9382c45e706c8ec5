"""The documented refusals as values: one constructor per documented case, so that each text stands in one place.

Codes and statuses are the contract; messages are for people and may change (D-BREAK).
"""

from __future__ import annotations

from hirewire.catalog.call import InputError, Refusal
from hirewire.catalog.generations import VERSION_HEADER, echo_version
from hirewire.wire.errors import WireError

_SEVERAL = (
    "Multiple errors occurred during the validation of this entity. Please see errorDetails for more information."
)
_BAD_PARAM = "Invalid param. Please see errorDetails for more information."


class CallError(Exception):
    """A whole request is refused; ``refusal`` is the answer. Nothing of it was, or will be, applied."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def invalid_entity(faults: list[InputError]) -> Refusal:
    """One entity (or key) broke one or more rules."""
    first = faults[0]
    if len(faults) == 1:
        return Refusal(400, first.code, first.description, inputs=(first,))
    return Refusal(400, first.code, f"{_SEVERAL} The first: {first.description}", inputs=tuple(faults))


def invalid_param(name: str, description: str) -> Refusal:
    """A query parameter is missing, malformed or not allowed."""
    fault = InputError("PARAM_INVALID", description, name, "parameter")
    return Refusal(400, "PARAM_INVALID", f"{_BAD_PARAM} {description}", inputs=(fault,))


def unreadable(error: WireError) -> Refusal:
    """The request is not what the protocol says."""
    return Refusal(error.status, error.code or _CODES.get(error.status, "ILLEGAL_ARGUMENT"), str(error))


_CODES = {
    400: "ILLEGAL_ARGUMENT",
    404: "RESOURCE_NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    411: "LENGTH_REQUIRED",
    413: "REQUEST_ENTITY_TOO_LARGE",
    414: "URI_TOO_LONG",
    415: "UNSUPPORTED_MEDIA_TYPE",
}


def method_not_allowed(method: str, resource: str, offered: list[str]) -> Refusal:
    """The request is understood, but this resource does not offer its method (G-42)."""
    names = ", ".join(offered)
    return Refusal(405, "METHOD_NOT_ALLOWED", f"{method} is not offered by {resource}; it offers {names}")


def resource_not_found() -> Refusal:
    """No resource has this path."""
    return Refusal(404, "RESOURCE_NOT_FOUND", "No virtual resource found")


def entity_not_found(what: str) -> Refusal:
    """One entity does not exist."""
    return Refusal(404, "NOT_FOUND", f"Could not find entity: {what}")


def conflict(message: str) -> Refusal:
    """The write clashes with what is stored."""
    return Refusal(409, "CONFLICT", message)


# -- tokens -----------------------------------------------------------------------------------------------------------


def empty_token() -> Refusal:
    """No Authorization header, or an empty one."""
    return Refusal(401, "EMPTY_ACCESS_TOKEN", "Empty oauth2 access token", 65604)


def unknown_scheme() -> Refusal:
    """The Authorization header does not begin with Bearer."""
    return Refusal(401, "UNKNOWN_AUTHENTICATION_SCHEME", "Unknown authentication schema; send Bearer {token}", 65600)


def invalid_token() -> Refusal:
    """No such token was ever given out."""
    return Refusal(401, "INVALID_ACCESS_TOKEN", "Invalid access token", 65600)


def revoked_token() -> Refusal:
    """The token was taken back."""
    return Refusal(401, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked by the user", 65601)


def expired_token() -> Refusal:
    """The token is older than 30 minutes."""
    return Refusal(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", 65602)


def access_denied(resource: str, method: str, version: str | None, why: str) -> Refusal:
    """The token's application may not do this; the tail names resource, method and version as the platform does."""
    tail = echo_version(version) if version else "NO_VERSION"
    return Refusal(
        403, "ACCESS_DENIED", f"Not enough permissions to access: {resource}.{method}.{tail}. {why}".rstrip(), 100
    )


# -- versions ---------------------------------------------------------------------------------------------------------


def version_missing() -> Refusal:
    """``/rest`` without a version: nothing is defaulted."""
    message = f"A version must be present. Please specify a version by adding the {VERSION_HEADER} header."
    return Refusal(400, "VERSION_MISSING", message)


def version_malformed(text: str) -> Refusal:
    """The version is no ``YYYYMM`` or ``YYYYMM.RR`` (G-3)."""
    message = f"{VERSION_HEADER} {ascii(text[:40])} is malformed; expected YYYYMM or YYYYMM.RR, such as 202603"
    return Refusal(400, "VERSION_INVALID", message)


def version_inactive(text: str) -> Refusal:
    """The version never existed or has reached its sunset."""
    return Refusal(426, "NONEXISTENT_VERSION", f"Requested version {echo_version(text)} is not active")


# -- throttles --------------------------------------------------------------------------------------------------------


def throttled_day() -> Refusal:
    """The application has used this resource's requests of the UTC day."""
    return _throttled("DAY")


def throttled_minute() -> Refusal:
    """The request would exceed this resource's records of the UTC minute; nothing was applied."""
    return _throttled("MINUTE")


def _throttled(span: str) -> Refusal:
    message = f"Resource level throttle APPLICATION {span} limit for calls to this resource is reached."
    return Refusal(429, "TOO_MANY_REQUESTS", message, 101)


def too_many_elements(given: int, allowed: int) -> Refusal:
    """More elements than one batch create may hold (G-5)."""
    message = f"elements holds {given} entities; one batch may hold at most {allowed}"
    return Refusal(
        400, "PARAM_INVALID", message, inputs=(InputError("PARAM_INVALID", message, "elements", "parameter"),)
    )


def too_many_records(given: int, allowed: int) -> Refusal:
    """More distinct ids than one batch may hold (G-5)."""
    return invalid_param("ids", f"ids holds {given} distinct keys; one batch may hold at most {allowed}")
