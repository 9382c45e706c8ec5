"""Prospect notes: what recruiters wrote about prospects on a contract (Retrieve Prospect Notes). Read only, v2 only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from hirewire.catalog.call import InputError
from hirewire.catalog.fields import Flag, ListOf, Long, Record, Spelling, Text, UrnText
from hirewire.catalog.generations import Generation
from hirewire.catalog.keys import KeyShape, Part
from hirewire.catalog.model import Finder, Limits, Param, Resource, View
from hirewire.values.time import HOUR_MS
from hirewire.values.urn import UrnKind
from hirewire.wire.keys import KeyKind
from hirewire.wire.methods import Method
from hirewire.wire.routing import Template

OWNERS_MAX = 1_000
"""Most seats one request may name; the documents say "multiple"."""

WINDOW_HOURS_MAX = 12
"""The documents ask for time ranges of at most 12 hours a call."""


RECRUITER_PROSPECT_INTERACTIONS = "recruiter_prospect_interactions"
"""The requests of a day are counted together for prospect notes and seats (recruiter prospect interactions)."""


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
# Inclusive, as documented; its twin is not.
_BEFORE = Param("before", "beforeDate", Long())
_CUTOFF = Param("cutoff", "cutoffDate", Long())

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
                        _BEFORE,
                        _CUTOFF,
                    ),
                ),
            ),
        ),
    ),
    limits=Limits(requests_per_day=100_000, records_per_minute=None, records_per_batch=100),
    tenant="contract",
    shared_throttle=RECRUITER_PROSPECT_INTERACTIONS,
)


def window_fault(params: Mapping[str, Any]) -> InputError | None:
    """What is wrong with a window where the documents' advice is a rule: "set the maximum time range to 12 hours".

    Not so by default: the document's own sample leaves one side open (decision G-20).
    """
    for param in (_CUTOFF, _BEFORE):
        if param.name not in params:
            message = f"{param.wire} is required: the window must be closed, and at most {WINDOW_HOURS_MAX} hours long"
            return InputError("PARAM_INVALID", message, param.wire, "window")
    length_ms = params[_BEFORE.name] - params[_CUTOFF.name]
    if length_ms <= WINDOW_HOURS_MAX * HOUR_MS:
        return None
    message = f"{_CUTOFF.wire} must lie at most {WINDOW_HOURS_MAX} hours before {_BEFORE.wire}, not {length_ms} ms"
    return InputError("PARAM_INVALID", message, _CUTOFF.wire, "window")
