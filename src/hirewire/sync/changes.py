"""What an ATS says about one of its records: a new version of it, or that it is gone."""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass

import msgspec

from hirewire.catalog.call import Entity, Key
from hirewire.plan.entity import Op, Urgency, Version
from hirewire.sync.kinds import RowKey, kind_of
from hirewire.values.time import Millis
from hirewire.values.urn import Urn, UrnError, UrnKind

_BODY_BYTES_MAX = 8_000_000
"""The largest record kept: the platform's cap of a request body (10 MB), less what surrounds a record."""

_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One committed change of one record; made by `upsert` and `delete`.

    ``modified_at`` (epoch milliseconds) orders the versions of a record: the greatest wins, whatever the order in which
    they arrive; None counts as later than all that is known. ``urgency``: live changes go before backfill. ``force``
    sends the version though it is older than the newest known, or no different from it.
    """

    key: Key
    op: Op
    entity: Entity | None = None
    modified_at: Millis | None = None
    urgency: Urgency = Urgency.LIVE
    force: bool = False

    @classmethod
    def upsert(
        cls,
        key: Key,
        entity: Entity,
        *,
        modified_at: int | None = None,
        urgency: Urgency = Urgency.LIVE,
        force: bool = False,
    ) -> Change:
        """The record was created or edited; ``modified_at`` is the entity's own time unless given.

        >>> from hirewire.catalog.application_notes import ApplicationNote, ApplicationNoteKey
        >>> key = ApplicationNoteKey("urn:li:organization:1", "app_1", "note_1")
        >>> Change.upsert(key, ApplicationNote(note="Call back", created_at=1, last_modified_at=2)).modified_at
        2
        """
        field = kind_of(key).resource.version_field
        stated = getattr(entity, field, None) if field and modified_at is None else modified_at
        moment = Millis(stated) if isinstance(stated, int) else None
        return cls(key=key, op=Op.UPSERT, entity=entity, modified_at=moment, urgency=urgency, force=force)

    @classmethod
    def delete(
        cls,
        key: Key,
        *,
        modified_at: int | None = None,
        urgency: Urgency = Urgency.LIVE,
        force: bool = False,
    ) -> Change:
        """The record was deleted, at ``modified_at`` where that is known."""
        moment = None if modified_at is None else Millis(modified_at)
        return cls(key=key, op=Op.DELETE, modified_at=moment, urgency=urgency, force=force)


@dataclass(frozen=True, slots=True)
class Written:
    """A change as the tables take it."""

    key: RowKey
    version: Version
    body: bytes


def write(change: Change) -> Written:
    """Spell a change for the tables. What is wrong with it becomes its fault: it will be parked, never refused or lost."""
    row, key_fault = _storable(kind_of(change.key).row_key(change.key))
    body, body_fault = _body(change)
    modified, time_fault = _moment(change.modified_at)
    version = Version(
        change.op,
        modified,
        hashlib.blake2b(body, digest_size=16).digest(),
        change.urgency,
        change.force,
        key_fault or body_fault or time_fault,
    )
    return Written(row, version, body)


def read(body: bytes, entity_type: type[Entity]) -> Entity:
    """The entity of a body that `write` made; ``msgspec.ValidationError`` names the field that is not what it must be."""
    return msgspec.json.decode(body, type=entity_type)


def _body(change: Change) -> tuple[bytes, str | None]:
    """The content as JSON, and what is wrong with it. A delete has no content."""
    if change.op is Op.DELETE:
        return b"", None
    fault: str | None
    try:
        body = msgspec.json.encode(change.entity)
        fault = _type_fault(change, body)
    except (TypeError, ValueError, RecursionError) as error:
        body, fault = _any_json(change.entity), f"no JSON can be made of it: {error}"
    if len(body) > _BODY_BYTES_MAX:
        return b"null", f"it is {len(body):,} bytes long; a record may have {_BODY_BYTES_MAX:,}"
    return body, fault


def _type_fault(change: Change, body: bytes) -> str | None:
    try:
        read(body, kind_of(change.key).resource.entity_type)
    except msgspec.DecodeError as error:
        return f"it is no record of this kind: {error}"
    return None


def _any_json(entity: object) -> bytes:
    """The best JSON there is of something that has none: half surrogates escaped, strange values as text."""
    try:
        fields = msgspec.structs.asdict(entity) if isinstance(entity, msgspec.Struct) else entity
        return json.dumps(fields, default=_plain).encode("ascii")
    except (TypeError, ValueError, RecursionError):
        return b"null"


def _plain(value: object) -> object:
    return msgspec.structs.asdict(value) if isinstance(value, msgspec.Struct) else repr(value)


def _moment(moment: Millis | None) -> tuple[Millis | None, str | None]:
    if moment is None or moment in _INT64:
        return moment, None
    return None, f"modified_at must be epoch milliseconds, got {moment}"


def _storable(row: RowKey) -> tuple[RowKey, str | None]:
    """The key with what no table can hold replaced, and what is wrong with it."""
    kept = RowKey(*(_storable_text(part) for part in row))
    if kept != row:
        return kept, "its key holds characters that are none (NUL, or half of a surrogate pair)"
    if not row.record.strip() or not row.parent.strip():
        return kept, "its key has an empty part"
    return kept, _tenant_fault(row.tenant)


@functools.lru_cache(maxsize=1_024)
def _tenant_fault(tenant: str) -> str | None:
    try:
        Urn.parse(tenant, UrnKind.ORGANIZATION)
    except UrnError as error:
        return f"its integration context is no organization: {error}"
    return None


def _storable_text(part: object) -> str:
    text = part if isinstance(part, str) else f"\N{REPLACEMENT CHARACTER}{part!r}"
    if not text.isascii():
        text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text.replace("\0", "\\x00")
