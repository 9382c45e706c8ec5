"""Push events as data: what the platform POSTs to a customer's callback, and how a receiver reads it.

Bodies are written in ASCII, so that the bytes signed and their "escaped unicode" form are the same.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hirewire.catalog.contexts import INTEGRATION_CONTEXT, REQUEST_ID
from hirewire.wire.body import read_json, write_ascii_json
from hirewire.wire.errors import Theirs


class EventType(enum.Enum):
    """The documented events of the systems served here."""

    DELETE_PROSPECT_NOTE = "DELETE_PROSPECT_NOTE"
    EXPORT_CANDIDATE_PROFILE = "EXPORT_CANDIDATE_PROFILE"
    INTEGRATION_STATUS_CHANGE = "INTEGRATION_STATUS_CHANGE"


@dataclass(frozen=True, slots=True)
class ProspectNoteDeleted:
    """A recruiter deleted a prospect note. Deleting it again does no harm; the payload names no event id."""

    prospect_note_id: int
    integration_context: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something can be fetched under ``request_id``: an exported candidate, or an integration's new status.

    ``expires_at`` is epoch milliseconds, UTC.
    """

    type: EventType
    request_id: str
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """An event of a type this version does not know. New types are no breaking change: acknowledge and ignore it."""

    type: str
    body: Mapping[str, Any]


Event = ProspectNoteDeleted | Announcement | UnknownEvent
_WHERE = "push event"
_ID_CHARACTERS_MAX = 255


def write_event(event: ProspectNoteDeleted | Announcement) -> bytes:
    """The body of an event, exactly as it is to be signed and sent."""
    if isinstance(event, ProspectNoteDeleted):
        # The document's table says long, its sample is a string; we emit the string (G-39).
        return write_ascii_json(
            {
                "prospectNoteId": str(event.prospect_note_id),
                "type": EventType.DELETE_PROSPECT_NOTE.value,
                INTEGRATION_CONTEXT.wire: event.integration_context,
            }
        )
    expiry = {} if event.expires_at is None else {"expiresAt": event.expires_at}
    return write_ascii_json({"type": event.type.value, "id": event.request_id, **expiry})


def read_event(body: bytes) -> Event:
    """The event of a push body whose signature has been verified.

    Raises:
        Theirs: the body is no event.
    """
    given = read_json(body)
    name = given.get("type") if isinstance(given, dict) else None
    if not isinstance(name, str):
        raise Theirs("expected an object with a type", where=_WHERE)
    if name == EventType.DELETE_PROSPECT_NOTE.value:
        return ProspectNoteDeleted(_note_id(given.get("prospectNoteId")), _text(given, INTEGRATION_CONTEXT.wire))
    if name in EventType.__members__:
        return _read_announcement(EventType[name], given)
    return UnknownEvent(name, given)


def _read_announcement(type_: EventType, given: Mapping[str, Any]) -> Announcement:
    # The field's name is not documented; both spellings met in the field are read.
    request_id = _text(given, "id" if "id" in given else REQUEST_ID)
    expires_at = given.get("expiresAt")
    return Announcement(type_, request_id, expires_at if type(expires_at) is int else None)


def _note_id(value: object) -> int:
    if type(value) is int and 0 <= value < 2**63:
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        return int(value)
    raise Theirs(f"expected prospectNoteId as a number or a string of digits, got {value!r:.60}", where=_WHERE)


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if isinstance(value, str) and 0 < len(value) <= _ID_CHARACTERS_MAX:
        return value
    raise Theirs(
        f"expected {name} as a text of at most {_ID_CHARACTERS_MAX} characters, got {value!r:.60}", where=_WHERE
    )
