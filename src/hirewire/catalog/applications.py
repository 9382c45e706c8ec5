"""Applications as the ATS names them. Only their removal is spoken here: it takes the application's notes with it.

An application exists from its first note. It is not the job application of the applicant's side.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from hirewire.catalog.contexts import V2_APPLICATION, V2_APPLICATIONS
from hirewire.catalog.fields import Record
from hirewire.catalog.generations import Generation
from hirewire.catalog.model import Limits, Resource, View
from hirewire.wire.methods import Method
from hirewire.wire.routing import Template


class ApplicationKey(NamedTuple):
    """Which application: the customer (an organization URN) and the ATS's application."""

    integration_context: str
    application_id: str


class Application(msgspec.Struct, frozen=True):
    """Nothing of an application but its existence is kept."""


ATS_APPLICATIONS = Resource(
    name="ats_applications",
    title="ATS applications",
    document="Sync Applications",
    key_type=ApplicationKey,
    entity_type=Application,
    views=(
        View(
            generation=Generation.V2,
            template=Template(("v2", V2_APPLICATIONS)),
            methods=frozenset({Method.BATCH_DELETE}),
            key=V2_APPLICATION,
            fields=Record(Application, ()),
        ),
    ),
    limits=Limits(requests_per_day=100_000, records_per_minute=10_000, records_per_batch=100),
    tenant="integration_context",
)
