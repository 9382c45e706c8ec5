"""A ``Call`` is what one request means, a ``Reply`` what one response means; HTTP is an encoding of both.

Everything here speaks logical names. How a generation spells them is the codec's business alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from hirewire.wire.methods import Method
from hirewire.wire.query import Link, Paging

if TYPE_CHECKING:
    from hirewire.catalog.model import Resource

Key: TypeAlias = tuple[str, ...]
"""A logical key: the resource's own ``NamedTuple`` (``ApplicationNoteKey``), equal to the plain tuple of its parts."""

Entity: TypeAlias = msgspec.Struct
"""A logical entity: the resource's own Struct (``ApplicationNote``); ``None`` in a field means absent."""

Patch: TypeAlias = Mapping[str, Any]
"""A partial update: logical field name to its new logical value."""

_NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class InputError:
    """One broken rule of one field, as the platform reports it (``errorDetails.inputErrors``).

    ``field`` is the path of wire names ("author.lastName"), None where no single field is at fault; ``rule`` is the id
    under which the reference documents the rule.
    """

    code: str
    description: str
    field: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one entity, or a whole request, was refused: the platform's error object as a value."""

    status: int
    code: str | None
    message: str
    service_error_code: int | None = None
    inputs: tuple[InputError, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entity of a batch. ``status`` is its own HTTP status; below 400 it succeeded."""

    status: int
    refusal: Refusal | None = None
    entity: Entity | None = None

    @property
    def is_ok(self) -> bool:
        """Whether this entity succeeded."""
        return self.status < 400


@dataclass(frozen=True, slots=True)
class Call:
    """One request to one resource, in logical terms.

    ``entities`` holds the keys addressed, in request order, with what each is to become: an Entity (update), a Patch
    (partial update) or None (get, delete). ``elements`` holds what a create or batch create brings; the reading side
    puts a Refusal in the place of an element it had to refuse. ``name`` is the finder or action, ``params`` its
    arguments under logical names. ``refused`` exists on the reading side only: reply key text to the reason why that
    key or entity does not take part.
    """

    resource: Resource
    method: Method
    entities: Mapping[Key, Entity | Patch | None] = field(default_factory=lambda: _NOTHING)
    elements: tuple[Entity | Refusal, ...] = ()
    name: str | None = None
    params: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    paging: Paging | None = None
    refused: Mapping[str, Refusal] = field(default_factory=lambda: _NOTHING)

    @property
    def records(self) -> int:
        """How many records this call counts for in the throttles: distinct ids, or elements, at least one."""
        return len(self.entities) + len(self.refused) + len(self.elements) or 1


@dataclass(frozen=True, slots=True)
class BatchReply:
    """One outcome per key asked.

    On the calling side a key the peer did not answer is absent here (its fate is unknown), and ``unasked`` holds reply
    keys that match no key of the call: a protocol alarm.
    """

    outcomes: Mapping[Key, Outcome]
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Created:
    """A create succeeded. ``entity`` is what the resource returns, if anything.

    ``key`` is the new entity's; on the calling side None where the peer named none that can be read.
    """

    key: Key | None
    entity: Entity | None = None


@dataclass(frozen=True, slots=True)
class CreatedMany:
    """A batch create: one per element, in order; a failed element has an Outcome in its place."""

    elements: tuple[Created | Outcome, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a finder. ``total`` is None where the platform does not say.

    ``links`` are for clients, opaque, in the order of the answer; on the answering side the codec makes them.
    """

    elements: tuple[Entity, ...]
    paging: Paging
    total: int | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of a get."""

    entity: Entity


@dataclass(frozen=True, slots=True)
class Done:
    """A single update, partial update or delete succeeded; there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The whole request was refused; nothing was changed."""

    refusal: Refusal


Reply: TypeAlias = BatchReply | Created | CreatedMany | Page | Found | Done | Refused
