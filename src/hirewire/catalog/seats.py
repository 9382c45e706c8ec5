"""Seats: the recruiters of a contract, so that a partner can find the owners of prospect notes (Recruiter seatholders)."""

from __future__ import annotations

import enum
from typing import NamedTuple

import msgspec

from hirewire.catalog.contexts import FIRST_NAME, LAST_NAME
from hirewire.catalog.fields import EnumOf, Flag, ListOf, Long, Record, Spelling, Text, UrnText
from hirewire.catalog.generations import Generation
from hirewire.catalog.keys import KeyShape, Part
from hirewire.catalog.model import Finder, Limits, Param, Resource, View
from hirewire.catalog.prospect_notes import RECRUITER_PROSPECT_INTERACTIONS
from hirewire.values.urn import UrnKind
from hirewire.wire.keys import KeyKind
from hirewire.wire.methods import Method
from hirewire.wire.routing import Template

_LIST_MAX = 100


class SeatKey(NamedTuple):
    """Which seat: its number."""

    id: str


class SeatState(enum.Enum):
    """Whether a seat is in use."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    INVITED = "INVITED"
    PARKED = "PARKED"


class Created(msgspec.Struct, frozen=True, omit_defaults=True):
    """When a seat was created (epoch milliseconds, UTC), and by whom if that is known."""

    time: int | None = None
    actor: str | None = None


class Seat(msgspec.Struct, frozen=True, omit_defaults=True):
    """A recruiter's place on a contract. ``id`` makes the owner's URN, ``urn:li:seat:{id}``."""

    id: int | None = None
    first_name: str | None = None
    last_name: str | None = None
    contract: str | None = None
    member: str | None = None
    state: str | None = None
    roles: tuple[str, ...] | None = None
    created: Created | None = None


_CREATED = Record(Created, (Spelling("time", "time", Long()), Spelling("actor", "actor", Text())))
_CONTRACT = UrnText((UrnKind.CONTRACT,))
_STATE = EnumOf("seat_state", tuple(state.value for state in SeatState))
_CONTRACTS = Param("contracts", "contracts", ListOf(_CONTRACT, _LIST_MAX), required=True)


def _fields(id_wire: str, created_wire: str) -> Record:
    """A seat's fields; the generations differ in two names (release notes)."""
    return Record(
        Seat,
        (
            Spelling("id", id_wire, Long()),
            Spelling("first_name", FIRST_NAME, Text()),
            Spelling("last_name", LAST_NAME, Text()),
            Spelling("contract", "contract", _CONTRACT),
            Spelling("member", "member", UrnText((UrnKind.PERSON,))),
            Spelling("state", "state", _STATE),
            Spelling("roles", "seatRoles", ListOf(Text(), _LIST_MAX)),
            Spelling("created", created_wire, _CREATED),
        ),
    )


_ATTRIBUTES = Finder("attributes", (_CONTRACTS, Param("states", "states", ListOf(_STATE, _LIST_MAX))), needs_start=True)
_LEGACY = Finder("seatsByAttributes", (_CONTRACTS, Param("is_active", "active", Flag())))
_KEY = KeyShape(KeyKind.SIMPLE, (Part("id", "id"),))
_METHODS = frozenset({Method.FINDER})

SEATS = Resource(
    name="seats",
    title="Seats",
    document="Recruiter seatholders",
    key_type=SeatKey,
    entity_type=Seat,
    views=(
        View(
            Generation.V2, Template(("v2", "seatsV2")), _METHODS, _KEY, _fields("id", "created"), finders=(_ATTRIBUTES,)
        ),
        View(
            Generation.REST,
            Template(("rest", "seatsV2")),
            _METHODS,
            _KEY,
            _fields("seatId", "createdAt"),
            finders=(_ATTRIBUTES,),
        ),
        View(Generation.V2, Template(("v2", "seats")), _METHODS, _KEY, _fields("id", "created"), finders=(_LEGACY,)),
    ),
    limits=Limits(requests_per_day=100_000, records_per_minute=None, records_per_batch=100),
    tenant=_CONTRACTS.name,
    shared_throttle=RECRUITER_PROSPECT_INTERACTIONS,
)
