"""Integration configurations: what a partner sets for a customer's integration (Sync Integration Configurations).

One store behind ``/v2/atsIntegrations/{key}/configurations`` and ``/rest/integrationConfigurations``. Which key goes with
which type, and what it may hold, is a table in integration_types.py. Whether a callback is unique, and which hosts it
may name beyond the rule, only the platform knows.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from hirewire.catalog.call import InputError, Key
from hirewire.catalog.contexts import (
    INTEGRATION_CONTEXT,
    INTEGRATION_TYPE,
    TENANT_TYPE,
    V2_INTEGRATION,
    V2_INTEGRATIONS,
)
from hirewire.catalog.fields import OneOf, Record, Spelling, Text, shown
from hirewire.catalog.generations import Generation
from hirewire.catalog.integration_types import CONFIGURATION_NAMES, INTEGRATION_TYPES, configuration_key
from hirewire.catalog.keys import KeyShape, Part
from hirewire.catalog.model import Limits, Resource, View
from hirewire.catalog.rules import NOT_BLANK
from hirewire.values.urn import Urn
from hirewire.wire.keys import KeyKind
from hirewire.wire.methods import Method
from hirewire.wire.routing import Template

_DOCUMENT = "Sync Integration Configurations"
CALLBACK_URL = "CALLBACK_URL"
CALLBACK_RULE = "callback-url"
"""The id of everything a callback's URL has to be."""


class IntegrationConfigurationKey(NamedTuple):
    """Which configuration: whose integration, of which type and tenant type, and the configuration's name."""

    integration_context: str
    integration_type: str
    tenant_type: str
    name: str


class IntegrationConfiguration(msgspec.Struct, frozen=True, omit_defaults=True):
    """The value of one configuration; every documented one is a string."""

    value: str | None = None


def wrong_context(context: str, integration_type: str) -> InputError | None:
    """What is wrong with the kind of context for a type of integration (decision G-30), or None."""
    kinds = INTEGRATION_TYPES[integration_type].contexts
    if Urn.parse(context).kind in kinds:
        return None
    wire = INTEGRATION_CONTEXT.wire
    wanted = " or ".join(f"urn:li:{kind.value}:{{id}}" for kind in kinds)
    message = f"{wire} value {shown(context)} must be a {wanted} URN for {integration_type}"
    return InputError("INVALID_URN_TYPE", message, wire, "context-of-type")


def _context_of_type(key: Key) -> InputError | None:
    return wrong_context(key[0], key[1])


def _key_of_type(key: Key) -> InputError | None:
    _, integration_type, _, name = key
    if configuration_key(name, integration_type) is not None:
        return None
    return name_fault(f"{name}: {integration_type} takes no such configuration", "key-of-type")


def _allowed_value(key: Key, entity: IntegrationConfiguration) -> InputError | None:
    declared = configuration_key(key[3], key[1])
    if entity.value is None or declared is None or declared.value in (None, entity.value):
        return None
    return value_fault(f"{shown(entity.value)}: it must be {declared.value}", "viewers-value")


def _a_url(key: Key, entity: IntegrationConfiguration) -> InputError | None:
    if key[3] != CALLBACK_URL or entity.value is None:
        return None
    fault = url_fault(entity.value)
    return value_fault(f"{shown(entity.value)}: {fault}", CALLBACK_RULE) if fault else None


def value_fault(what: str, rule: str) -> InputError:
    """What is wrong with a configuration's value, completing "... can't be set to"."""
    return InputError("INVALID_VALUE_FOR_FIELD", f"{_VALUE.wire} can't be set to {what}", _VALUE.wire, rule)


def name_fault(what: str, rule: str) -> InputError:
    """What is wrong with a configuration's name, completing "... can't be set to"."""
    return InputError("INVALID_VALUE_FOR_FIELD", f"{_NAME.wire} can't be set to {what}", _NAME.wire, rule)


def url_fault(text: str) -> str | None:
    """What keeps a text from being an absolute http(s) URL that can be called, or None."""
    if len(text) > _URL_CHARACTERS_MAX or not text.isascii() or not text.isprintable() or " " in text:
        return f"a URL holds at most {_URL_CHARACTERS_MAX} ASCII characters and no blanks"
    try:
        url = urlsplit(text)
        has_port = url.port is None or url.port > 0
    except ValueError:
        return "it is no URL"
    if url.scheme not in ("https", "http") or not url.hostname or not has_port:
        return "it must be an absolute https URL with a host"
    if url.username is not None or url.fragment:
        return "it must hold neither credentials nor a fragment"
    return None


_URL_CHARACTERS_MAX = 2_000
_NAME = Part("name", "configurationName", values=CONFIGURATION_NAMES)
_VALUE = Spelling("value", "configurationValue", OneOf("string", Text()), required=True, rules=(NOT_BLANK,))
_FIELDS = Record(IntegrationConfiguration, (_VALUE,))

INTEGRATION_CONFIGURATIONS = Resource(
    name="integration_configurations",
    title="Integration configurations",
    document=_DOCUMENT,
    key_type=IntegrationConfigurationKey,
    entity_type=IntegrationConfiguration,
    views=(
        View(
            generation=Generation.V2,
            template=Template(("v2", V2_INTEGRATIONS, "configurations")),
            methods=frozenset({Method.BATCH_UPDATE, Method.BATCH_DELETE, Method.BATCH_GET}),
            parent=V2_INTEGRATION,
            key=KeyShape(KeyKind.SIMPLE, (_NAME,)),
            fields=_FIELDS,
        ),
        View(
            generation=Generation.REST,
            template=Template(("rest", "integrationConfigurations")),
            # The release notes list two methods, no delete (decision G-25).
            methods=frozenset({Method.BATCH_UPDATE, Method.BATCH_GET}),
            key=KeyShape(KeyKind.COMPLEX, (INTEGRATION_CONTEXT, INTEGRATION_TYPE, TENANT_TYPE, _NAME)),
            fields=_FIELDS,
            has_statuses=True,
        ),
    ),
    limits=Limits(requests_per_day=5_000, records_per_minute=None, records_per_batch=100),
    tenant="integration_context",
    key_rules=(_context_of_type, _key_of_type),
    entity_rules=(_allowed_value, _a_url),
)
