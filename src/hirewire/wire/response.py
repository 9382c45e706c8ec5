"""Responses as values: the ErrorResponse of a request or of one entity, and what a create answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hirewire.wire.body import read_json, write_json
from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.http import Headers, HttpResponse
from hirewire.wire.protocol import PROTOCOL_HEADER, Protocol

_ID_HEADERS = tuple(protocol.id_header for protocol in Protocol)
_ERROR_HEADERS = tuple(protocol.error_header for protocol in Protocol)
_TEXT_MAX = 500
"""How much of a body that is no ErrorResponse is kept as its message: a gateway's HTML page can be long."""


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """An ErrorResponse. Clients branch on ``status`` and ``code``; messages may change at any time (D-BREAK).

    ``service_error_code`` is the older, numeric code; ``error_details`` is an object whose shape
    ``error_detail_type`` names.
    """

    status: int
    code: str | None = None
    message: str = ""
    service_error_code: int | None = None
    error_detail_type: str | None = None
    error_details: Mapping[str, Any] | None = None


_WIRE_NAMES = {
    "status": "status",
    "serviceErrorCode": "service_error_code",
    "code": "code",
    "message": "message",
    "errorDetailType": "error_detail_type",
    "errorDetails": "error_details",
}
_TYPES: dict[str, type] = {
    "serviceErrorCode": int,
    "code": str,
    "message": str,
    "errorDetailType": str,
    "errorDetails": dict,
}


def write_error(error: ErrorBody) -> dict[str, Any]:
    """The JSON object of an error: a whole body, or one value of a batch's ``errors``. Absent fields are left out.

    >>> write_error(ErrorBody(400, "MISSING_FIELD", "note is required but missing"))
    {'status': 400, 'code': 'MISSING_FIELD', 'message': 'note is required but missing'}
    """
    fields = {wire_name: getattr(error, name) for wire_name, name in _WIRE_NAMES.items()}
    # A message may quote what was wrong, and lone surrogates are one thing that is: they must not stop the answer.
    fields["message"] = error.message.encode("utf-8", "backslashreplace").decode()
    return {name: value for name, value in fields.items() if value is not None}


def read_error(value: Any, status: int) -> ErrorBody:
    """An error as a peer sent it; ``status`` counts where it names none. Fields of other types read as absent.

    Never raises: an error about an error would hide the first one.
    """
    given: dict[str, Any] = value if isinstance(value, dict) else {}
    fields = {_WIRE_NAMES[name]: given[name] for name, wanted in _TYPES.items() if type(given.get(name)) is wanted}
    own = given.get("status")
    return ErrorBody(own if type(own) is int and 100 <= own <= 599 else status, **fields)


def error_response(error: ErrorBody, protocol: Protocol) -> HttpResponse:
    """The response that answers a whole request with an error, marked as one the way ``protocol`` marks it."""
    lines = ((protocol.error_header, "true"), ("Content-Type", "application/json"))
    headers = Headers(((PROTOCOL_HEADER, protocol.value), *lines))
    return HttpResponse(error.status, headers, write_json(write_error(error)))


def read_error_response(response: HttpResponse) -> ErrorBody:
    """The error of a failed request, whatever was sent: a body that is no ErrorResponse becomes the message."""
    try:
        error = read_error(read_json(response.body), response.status)
    except Theirs:
        error = ErrorBody(response.status)
    text = response.body[:_TEXT_MAX].decode("utf-8", "replace").strip()
    return error if error.message or error.code else ErrorBody(error.status, message=text)


def is_marked_as_error(headers: Headers) -> bool:
    """Whether either protocol's marker header says that the body is an ErrorResponse."""
    return any((headers.get(name) or "").strip().lower() == "true" for name in _ERROR_HEADERS)


def created_headers(key_text: str, location: str, protocol: Protocol) -> Headers:
    """The headers of a 201: the new key as this protocol's id header, and where the entity is.

    ``key_text`` is the key written for ``Place.HEADER``, ``location`` the path with the key written for
    ``Place.PATH``.

    Raises:
        Ours: for a text that is no header value; an id beyond ASCII must be escaped by the caller.
    """
    for text in (key_text, location):
        if not (text.isascii() and text.isprintable()):
            raise Ours(f"{text[:200]!r} cannot stand in a header", where=f"header {protocol.id_header}")
    lines = ((protocol.id_header, key_text), ("Location", location))
    return Headers(((PROTOCOL_HEADER, protocol.value), *lines))


def read_created_id(headers: Headers) -> str | None:
    """The key text of a 201, from whichever id header carries it."""
    return next((value for name in _ID_HEADERS if (value := headers.get(name)) is not None), None)


@dataclass(frozen=True, slots=True)
class Created:
    """What became of one element of a batch_create: a key and a place, or an error."""

    status: int
    key_text: str | None = None
    location: str | None = None
    error: ErrorBody | None = None


def write_created(outcome: Created) -> dict[str, Any]:
    """One element of a batch_create's answer; the elements stand in the order of the request's."""
    error = None if outcome.error is None else write_error(outcome.error)
    fields = {"status": outcome.status, "id": outcome.key_text, "location": outcome.location, "error": error}
    return {name: value for name, value in fields.items() if value is not None}


def read_created(value: Any) -> Created:
    """One element of a batch_create's answer; Theirs when it is no object with a status."""
    if not isinstance(value, dict) or type(value.get("status")) is not int:
        raise Theirs(f"expected an element with a status, got {str(value)[:80]!r}", where="elements")
    key_text, location, error = (value.get(name) for name in ("id", "location", "error"))
    return Created(
        value["status"],
        key_text if isinstance(key_text, str) else None,
        location if isinstance(location, str) else None,
        None if error is None else read_error(error, value["status"]),
    )
