"""Integrations as a partner meets them: named, read back, found by the request id of a push event.

Creating, enabling and disabling them is the customer's side: onboarding.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from hirewire.catalog.call import BatchReply, Call, Key, Page
from hirewire.catalog.integrations import INTEGRATIONS
from hirewire.db import Transaction
from hirewire.platform.behaviours.general import DONE, get, missing
from hirewire.platform.effects import Behaviour, Effect, Handling
from hirewire.platform.rules import WriteMode
from hirewire.wire.methods import Method
from hirewire.wire.query import Paging


def rename(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """Name integrations (batch_partial_update); of its fields the name is the only one a partner may set."""
    patches: dict[Key, Any] = {key: patch for key, patch in call.entities.items() if isinstance(patch, Mapping)}
    known = handling.stores.records.lock(tx, INTEGRATIONS, patches)
    renamed = {key: msgspec.structs.replace(entity, **patches[key]) for key, entity in known.items()}
    handling.stores.records.put(tx, INTEGRATIONS, renamed, WriteMode.ARRIVAL, handling.now)
    return Effect(BatchReply({key: DONE if key in renamed else missing(key) for key in patches}))


def find(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """The integration whose status changed, as it is now; one of another customer is not found."""
    key = handling.stores.onboarding.of_request(tx, call.params["request_id"])
    is_own = key is not None and key.integration_context in handling.application.contexts
    found = list(handling.stores.records.find(tx, INTEGRATIONS, [key]).values()) if key is not None and is_own else []
    paging = call.paging or Paging(0, 10)
    return Effect(Page(tuple(found[paging.start : paging.start + paging.count]), paging, total=len(found)))


BEHAVIOURS: dict[tuple[str, Method], Behaviour] = {
    (INTEGRATIONS.name, Method.BATCH_PARTIAL_UPDATE): rename,
    (INTEGRATIONS.name, Method.BATCH_GET): get,
    (INTEGRATIONS.name, Method.FINDER): find,
}
