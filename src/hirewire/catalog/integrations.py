"""Integrations: what a customer has enabled with this partner (onboarding). A partner names them and reads them back."""

from __future__ import annotations

import enum
from typing import NamedTuple

import msgspec

from hirewire.catalog.call import InputError, Key
from hirewire.catalog.contexts import (
    INTEGRATION_CONTEXT,
    INTEGRATION_TYPE,
    REQUEST_ID,
    TENANT_TYPE,
    V2_INTEGRATION,
    V2_INTEGRATIONS,
)
from hirewire.catalog.fields import EnumOf, Record, Spelling, Text
from hirewire.catalog.generations import Generation
from hirewire.catalog.integration_configurations import wrong_context
from hirewire.catalog.keys import KeyShape
from hirewire.catalog.model import Finder, Limits, Param, Resource, View
from hirewire.catalog.rules import NOT_BLANK, at_most
from hirewire.wire.keys import KeyKind
from hirewire.wire.methods import Method
from hirewire.wire.routing import Template

_DOCUMENT = "Customer Configuration"


class IntegrationKey(NamedTuple):
    """Which integration: whose, of which type and tenant type."""

    integration_context: str
    integration_type: str
    tenant_type: str


class IntegrationStatus(enum.Enum):
    """Where an integration stands. The values are a decision: none are documented."""

    PRE_AUTHORIZED = "PRE_AUTHORIZED"
    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class Integration(msgspec.Struct, frozen=True, omit_defaults=True):
    """An integration as it is read back; of its fields a partner sets only the name."""

    integration_context: str | None = None
    integration_type: str | None = None
    tenant_type: str | None = None
    name: str | None = None
    status: str | None = None


def _context_of_type(key: Key) -> InputError | None:
    return wrong_context(key[0], key[1])


_FIELDS = Record(
    Integration,
    (
        Spelling("integration_context", INTEGRATION_CONTEXT.wire, Text(), from_platform=True),
        Spelling("integration_type", INTEGRATION_TYPE.wire, Text(), from_platform=True),
        Spelling("tenant_type", TENANT_TYPE.wire, Text(), from_platform=True),
        Spelling("name", "integrationName", Text(), rules=(NOT_BLANK, at_most(255, _DOCUMENT))),
        Spelling(
            "status",
            "status",
            EnumOf("integration_status", tuple(status.value for status in IntegrationStatus)),
            from_platform=True,
        ),
    ),
)
_METHODS = frozenset({Method.BATCH_PARTIAL_UPDATE, Method.BATCH_GET, Method.FINDER})
# What an INTEGRATION_STATUS_CHANGE event leads to.
_FINDERS = (Finder("request", (Param("request_id", REQUEST_ID, Text(), required=True),)),)

INTEGRATIONS = Resource(
    name="integrations",
    title="Integrations",
    document=_DOCUMENT,
    key_type=IntegrationKey,
    entity_type=Integration,
    views=(
        View(
            generation=Generation.V2,
            template=Template(("v2", V2_INTEGRATIONS)),
            methods=_METHODS,
            key=V2_INTEGRATION,
            fields=_FIELDS,
            finders=_FINDERS,
        ),
        View(
            generation=Generation.REST,
            template=Template(("rest", "integrations")),
            methods=_METHODS,
            key=KeyShape(KeyKind.COMPLEX, (INTEGRATION_CONTEXT, INTEGRATION_TYPE, TENANT_TYPE)),
            fields=_FIELDS,
            finders=_FINDERS,
            has_statuses=True,
        ),
    ),
    limits=Limits(requests_per_day=5_000, records_per_minute=None, records_per_batch=100),
    tenant="integration_context",
    key_rules=(_context_of_type,),
)
