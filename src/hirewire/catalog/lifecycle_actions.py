"""Job application lifecycle actions: what an ATS reports so that the applicant hears of it (Sync Job Application
Notifications). v2 only; what follows from an action is the platform's behaviour."""

from __future__ import annotations

import enum
from typing import NamedTuple

import msgspec

from hirewire.catalog.contexts import ORGANIZATION_CONTEXT
from hirewire.catalog.fields import EnumOf, Long, Record, Spelling, UrnOrId, UrnText
from hirewire.catalog.generations import Generation
from hirewire.catalog.keys import KeyShape, Part
from hirewire.catalog.model import Limits, Resource, View
from hirewire.catalog.rules import POSITIVE
from hirewire.values.urn import UrnKind
from hirewire.wire.keys import KeyKind
from hirewire.wire.methods import Method
from hirewire.wire.routing import Template

LIFECYCLE_ACTION = "lifecycle_action"
"""The enumeration of actions, for a platform that is told to accept more of them."""
LIFECYCLE_CONTEXT = "lifecycle_context"
"""The requirement of an integration context, for a platform that is told to lift it (decision G-33)."""


class LifecycleActionKey(NamedTuple):
    """Which action: the number the platform gave it."""

    id: str


class LifecycleActionType(enum.Enum):
    """The documented actions; a platform may be told to accept more."""

    APPLICATION_VIEWED = "APPLICATION_VIEWED"
    RESUME_DOWNLOADED = "RESUME_DOWNLOADED"
    APPLICATION_REJECTED = "APPLICATION_REJECTED"


class LifecycleAction(msgspec.Struct, frozen=True, omit_defaults=True):
    """One action on one job application; ``performed_at`` is epoch milliseconds, UTC, and may lie in the future (G-37).

    ``job_application`` is a URN; its bare id is read as one (G-34).
    """

    job_application: str | None = None
    action: str | None = None
    performed_at: int | None = None
    integration_context: str | None = None


LIFECYCLE_ACTIONS = Resource(
    name="lifecycle_actions",
    title="Job application lifecycle actions",
    document="Sync Job Application Notifications",
    key_type=LifecycleActionKey,
    entity_type=LifecycleAction,
    views=(
        View(
            generation=Generation.V2,
            template=Template(("v2", "jobApplicationLifecycleActions")),
            methods=frozenset({Method.CREATE, Method.BATCH_CREATE}),
            key=KeyShape(KeyKind.SIMPLE, (Part("id", "id"),)),
            fields=Record(
                LifecycleAction,
                (
                    Spelling("job_application", "jobApplicationId", UrnOrId(UrnKind.JOB_APPLICATION), required=True),
                    Spelling(
                        "action",
                        "action",
                        EnumOf(LIFECYCLE_ACTION, tuple(each.value for each in LifecycleActionType)),
                        required=True,
                    ),
                    Spelling("performed_at", "performedAt", Long(), required=True, rules=(POSITIVE,)),
                    Spelling(
                        "integration_context",
                        ORGANIZATION_CONTEXT.wire,
                        UrnText((UrnKind.ORGANIZATION,)),
                        required=True,
                        waiver=LIFECYCLE_CONTEXT,
                    ),
                ),
            ),
        ),
    ),
    # No throttle is published for this resource; this is the platform's usual one.
    limits=Limits(requests_per_day=100_000, records_per_minute=None, records_per_batch=100),
    tenant="integration_context",
)
