"""What batch updates and deletes do to the general store, whichever resource they are for; and the cascade that goes
with an ATS application.
"""

from __future__ import annotations

from hirewire.catalog.application_notes import APPLICATION_NOTES
from hirewire.catalog.applications import ATS_APPLICATIONS, ApplicationKey
from hirewire.catalog.call import BatchReply, Call, Entity, Key, Outcome
from hirewire.catalog.errors import conflict, entity_not_found
from hirewire.db import Transaction
from hirewire.platform.effects import Behaviour, Effect, Handling
from hirewire.platform.records import Range
from hirewire.platform.rules import WriteMode
from hirewire.wire.methods import Method

DONE = Outcome(204)

# What belongs to an ATS application and goes with it: resources whose key begins with the application.
_PARTS_OF_AN_APPLICATION = (APPLICATION_NOTES,)


def put(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """Replace or create whole entities (batch_update)."""
    entities = {key: entity for key, entity in call.entities.items() if isinstance(entity, Entity)}
    mode = handling.rules.write_mode
    older = handling.stores.records.put(tx, call.resource, entities, mode, handling.now)
    outcomes = dict.fromkeys(entities, DONE)
    if mode is WriteMode.STRICT:
        return Effect(BatchReply(outcomes | dict.fromkeys(older, _OLDER)))
    return Effect(BatchReply(outcomes), stale=tuple(older))


_OLDER = Outcome(409, conflict("The stored version of this entity is newer; the write was not applied"))


def delete(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """Remove entities (batch_delete); one that is not there is a 404 of its own (decision G-9)."""
    gone = handling.stores.records.delete(tx, call.resource, call.entities)
    return Effect(BatchReply(dict.fromkeys(call.entities, DONE) | {key: missing(key) for key in gone}))


def get(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """Read entities (batch_get); one that is not there is a 404 of its own."""
    found = handling.stores.records.find(tx, call.resource, call.entities)
    return Effect(
        BatchReply({key: Outcome(200, entity=found[key]) if key in found else missing(key) for key in call.entities})
    )


def delete_applications(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """Remove ATS applications with everything that belongs to them; one without anything does not exist."""
    return Effect(BatchReply({key: _delete_application(tx, key, handling) for key in sorted(call.entities)}))


def _delete_application(tx: Transaction, key: Key, handling: Handling) -> Outcome:
    tenant, application_id = ApplicationKey(*key)
    ranges = (Range.beginning(part, tenant, application_id) for part in _PARTS_OF_AN_APPLICATION)
    return DONE if sum(handling.stores.records.delete_range(tx, wanted) for wanted in ranges) else missing(key)


def missing(key: Key) -> Outcome:
    """The outcome of a key there is nothing under."""
    return Outcome(404, entity_not_found(", ".join(key)))


GENERAL: dict[Method, Behaviour] = {Method.BATCH_UPDATE: put, Method.BATCH_DELETE: delete}
BEHAVIOURS: dict[tuple[str, Method], Behaviour] = {(ATS_APPLICATIONS.name, Method.BATCH_DELETE): delete_applications}
