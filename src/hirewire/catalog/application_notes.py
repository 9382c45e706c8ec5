"""Application notes: what a recruiter wrote about an application in the ATS (seed 000, "Sync Application Notes").

One store behind both generations (decision G-43): ``/v2/atsApplications/{key}/notes`` and ``/rest/applicationNotes``.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from hirewire.catalog.contexts import FIRST_NAME, LAST_NAME, ORGANIZATION_CONTEXT, V2_APPLICATION, V2_APPLICATIONS
from hirewire.catalog.fields import Long, Record, Spelling, Text
from hirewire.catalog.generations import Generation
from hirewire.catalog.keys import KeyShape, Part
from hirewire.catalog.model import Limits, Resource, View
from hirewire.catalog.rules import NOT_BLANK, NOT_FUTURE, POSITIVE
from hirewire.wire.keys import KeyKind
from hirewire.wire.methods import Method
from hirewire.wire.routing import Template


class ApplicationNoteKey(NamedTuple):
    """Which note: the customer (an organization URN), the ATS's application, the ATS's note."""

    integration_context: str
    application_id: str
    note_id: str


class Actor(msgspec.Struct, frozen=True):
    """Who wrote the note; both names are required where there is an author."""

    first_name: str
    last_name: str


class ApplicationNote(msgspec.Struct, frozen=True, omit_defaults=True):
    """A note on an application; times are epoch milliseconds, UTC. ``None`` means absent.

    ``/rest`` requires note, created_at and last_modified_at; v2 requires nothing and has no last_modified_at.
    """

    note: str | None = None
    author: Actor | None = None
    created_at: int | None = None
    last_modified_at: int | None = None


_ACTOR = Record(
    Actor,
    (
        Spelling("first_name", FIRST_NAME, Text(), required=True, rules=(NOT_BLANK,)),
        Spelling("last_name", LAST_NAME, Text(), required=True, rules=(NOT_BLANK,)),
    ),
)
_AUTHOR = Spelling("author", "author", _ACTOR)

# Neither generation offers a way to read notes back: v2 documents no GET, the release notes list two methods for rest.
_METHODS = frozenset({Method.BATCH_UPDATE, Method.BATCH_DELETE})

_V2 = View(
    generation=Generation.V2,
    template=Template(("v2", V2_APPLICATIONS, "notes")),
    methods=_METHODS,
    parent=V2_APPLICATION,
    key=KeyShape(KeyKind.SIMPLE, (Part("note_id", "ids"),)),
    fields=Record(
        ApplicationNote,
        (
            # No rule is documented for atsCreatedAt: any long is taken (G-53).
            Spelling("created_at", "atsCreatedAt", Long()),
            _AUTHOR,
            Spelling("note", "note", Text()),
        ),
    ),
)

_REST = View(
    generation=Generation.REST,
    template=Template(("rest", "applicationNotes")),
    methods=_METHODS,
    key=KeyShape(
        KeyKind.COMPLEX,
        (
            ORGANIZATION_CONTEXT,
            Part("application_id", "externalJobApplicationId"),
            Part("note_id", "externalNoteId"),
        ),
    ),
    fields=Record(
        ApplicationNote,
        (
            _AUTHOR,
            Spelling("note", "note", Text(), required=True, rules=(NOT_BLANK,)),
            Spelling("created_at", "externalCreatedAt", Long(), required=True, rules=(POSITIVE, NOT_FUTURE)),
            Spelling("last_modified_at", "externalLastModifiedAt", Long(), required=True, rules=(POSITIVE, NOT_FUTURE)),
        ),
    ),
)

APPLICATION_NOTES = Resource(
    name="application_notes",
    title="Application notes",
    document="Sync Application Notes",
    key_type=ApplicationNoteKey,
    entity_type=ApplicationNote,
    views=(_V2, _REST),
    limits=Limits(requests_per_day=100_000, records_per_minute=10_000, records_per_batch=100),
    tenant="integration_context",
    version_field="last_modified_at",
)
