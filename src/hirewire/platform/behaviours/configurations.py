"""Integration configurations: what only the platform can check, and what a callback is registered for.

Which key goes with which type, and what it may hold, has been checked before; that is data in the catalog.
"""

from __future__ import annotations

from hirewire.catalog.call import BatchReply, Call, Entity, Key, Outcome, Refusal
from hirewire.catalog.errors import conflict, entity_not_found, invalid_entity
from hirewire.catalog.fields import shown
from hirewire.catalog.integration_configurations import (
    CALLBACK_RULE,
    CALLBACK_URL,
    INTEGRATION_CONFIGURATIONS,
    IntegrationConfiguration,
    IntegrationConfigurationKey,
    name_fault,
    value_fault,
)
from hirewire.catalog.integration_types import CONFIGURATION_KEYS, configuration_key
from hirewire.catalog.integrations import INTEGRATIONS, IntegrationKey
from hirewire.db import Transaction
from hirewire.plan.addresses import callback_fault
from hirewire.platform.behaviours.general import DONE, get, missing
from hirewire.platform.callbacks import CallbackKey
from hirewire.platform.effects import Behaviour, Effect, Handling
from hirewire.platform.rules import WriteMode
from hirewire.wire.methods import Method


def put(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """Create or replace configurations; a callback's URL becomes the customer's own."""
    entities = {key: entity for key, entity in call.entities.items() if isinstance(entity, Entity)}
    unknown = _unknown_integrations(tx, entities, handling)
    # In one order, so that two batches which claim the same URLs do not wait for each other.
    refusals = {key: unknown.get(key) or _register(tx, key, entities[key], handling) for key in sorted(entities)}
    kept = {key: entity for key, entity in entities.items() if refusals[key] is None}
    handling.stores.records.put(tx, call.resource, kept, WriteMode.ARRIVAL, handling.now)
    outcomes = {key: DONE if refusal is None else Outcome(refusal.status, refusal) for key, refusal in refusals.items()}
    return Effect(BatchReply({key: outcomes[key] for key in entities}))


def delete(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """Remove configurations: "only JOB_POSTING_VIEWERS or APPLICATION_VIEWERS" (Sync Integration Configurations)."""
    refusals = {key: refusal for key in call.entities if (refusal := _not_deletable(key, handling)) is not None}
    wanted = sorted(key for key in call.entities if key not in refusals)
    gone = handling.stores.records.delete(tx, call.resource, wanted)
    for key in wanted:
        if IntegrationConfigurationKey(*key).name == CALLBACK_URL:
            handling.stores.callbacks.forget(tx, _callback_key(key))
    outcomes = dict.fromkeys(wanted, DONE) | {key: missing(key) for key in gone}
    return Effect(BatchReply(outcomes | {key: Outcome(refusal.status, refusal) for key, refusal in refusals.items()}))


def _unknown_integrations(tx: Transaction, keys: dict[Key, Entity], handling: Handling) -> dict[Key, Refusal]:
    """The keys whose integration nobody has created, where the tenant's rules ask for one (decision G-28)."""
    if not handling.rules.require_integration:
        return {}
    integrations = {key: IntegrationKey(*key[:3]) for key in keys}
    known = handling.stores.records.find(tx, INTEGRATIONS, integrations.values())
    return {key: _no_integration(each) for key, each in integrations.items() if each not in known}


def _no_integration(key: IntegrationKey) -> Refusal:
    return entity_not_found(f"the integration {', '.join(key)}: the customer has to create it first")


def _register(tx: Transaction, key: Key, entity: Entity, handling: Handling) -> Refusal | None:
    """Register a callback; other configurations have nothing more to be checked."""
    name = IntegrationConfigurationKey(*key).name
    if name != CALLBACK_URL:
        return None
    assert isinstance(entity, IntegrationConfiguration) and entity.value is not None
    fault = callback_fault(entity.value, handling.hosts_allowed)
    if fault is not None:
        return invalid_entity([value_fault(f"{shown(entity.value)}: {fault}", CALLBACK_RULE)])
    callbacks, organization = handling.stores.callbacks, key[0]
    if not callbacks.claim_url(tx, organization, entity.value):
        return conflict("This URL is the callback of another customer; every customer needs a URL of its own")
    before = callbacks.find(tx, _callback_key(key))
    callbacks.register(tx, _callback_key(key), entity.value, handling.application.client_id, handling.now)
    # Putting the same URL again is no reason to try what failed before its time.
    if before is None or before.url != entity.value or before.health.disabled is not None:
        handling.stores.events.release(tx, organization, key[1])
    return None


def _not_deletable(key: Key, handling: Handling) -> Refusal | None:
    name, integration_type = key[3], key[1]
    declared = configuration_key(name, integration_type)
    is_allowed = declared is not None and declared.is_deletable
    if is_allowed or (name == CALLBACK_URL and handling.rules.allow_callback_delete):
        return None
    deletable = " and ".join(dict.fromkeys(key.name for key in CONFIGURATION_KEYS if key.is_deletable))
    return invalid_entity([name_fault(f"{name}: only {deletable} can be deleted; put another value", "deletable")])


def _callback_key(key: Key) -> CallbackKey:
    return CallbackKey(*key[:3])


BEHAVIOURS: dict[tuple[str, Method], Behaviour] = {
    (INTEGRATION_CONFIGURATIONS.name, Method.BATCH_UPDATE): put,
    (INTEGRATION_CONFIGURATIONS.name, Method.BATCH_DELETE): delete,
    (INTEGRATION_CONFIGURATIONS.name, Method.BATCH_GET): get,
}
