"""Prospect notes: what recruiters wrote about prospects on a contract (Retrieve Prospect Notes). Read only, v2 only."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from hirewire.catalog.fields import Flag, ListOf, Long, Record, Spelling, Text, UrnText
from hirewire.catalog.generations import Generation
from hirewire.catalog.keys import KeyShape, Part
from hirewire.catalog.model import Finder, Limits, Param, Resource, View
from hirewire.values.urn import UrnKind
from hirewire.wire.keys import KeyKind
from hirewire.wire.methods import Method
from hirewire.wire.routing import Template

OWNERS_MAX = 1_000
"""Most seats one request may name; the documents say "multiple"."""

WINDOW_HOURS_MAX = 12
"""The documents ask for time ranges of at most 12 hours a call."""


class ProspectNoteKey(NamedTuple):
    """Which note: the contract's URN and the note's number."""

    contract: str
    id: str


class ProspectNote(msgspec.Struct, frozen=True, omit_defaults=True):
    """A note on a prospect; ``active`` False means it was deleted. Times are epoch milliseconds, UTC."""

    active: bool | None = None
    contract: str | None = None
    created: int | None = None
    id: int | None = None
    last_modified: int | None = None
    member: str | None = None
    note: str | None = None
    owner: str | None = None


_CONTRACT = UrnText((UrnKind.CONTRACT,))
_SEAT = UrnText((UrnKind.SEAT,))

PROSPECT_NOTES = Resource(
    name="prospect_notes",
    title="Prospect notes",
    document="Retrieve Prospect Notes",
    key_type=ProspectNoteKey,
    entity_type=ProspectNote,
    views=(
        View(
            generation=Generation.V2,
            template=Template(("v2", "prospectNotes")),
            methods=frozenset({Method.FINDER}),
            key=KeyShape(KeyKind.SIMPLE, (Part("id", "id"),)),
            fields=Record(
                ProspectNote,
                (
                    Spelling("active", "active", Flag()),
                    Spelling("contract", "contract", _CONTRACT),
                    Spelling("created", "created", Long()),
                    Spelling("id", "id", Long()),
                    Spelling("last_modified", "lastModified", Long()),
                    Spelling("member", "member", UrnText((UrnKind.PERSON,))),
                    Spelling("note", "note", Text()),
                    Spelling("owner", "owner", _SEAT),
                ),
            ),
            finders=(
                Finder(
                    "criteria",
                    (
                        Param("contract", "contract", _CONTRACT, required=True),
                        Param("owners", "owners", ListOf(_SEAT, OWNERS_MAX)),
                        # Inclusive, as documented; its twin is not.
                        Param("before", "beforeDate", Long()),
                        Param("cutoff", "cutoffDate", Long()),
                    ),
                ),
            ),
        ),
    ),
    limits=Limits(requests_per_day=100_000, records_per_minute=None, records_per_batch=100),
    tenant="contract",
)
