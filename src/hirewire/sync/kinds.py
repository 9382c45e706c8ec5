"""The kinds of records the outbox carries, and how a key of each is spelled in its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from hirewire.catalog.application_notes import APPLICATION_NOTES
from hirewire.catalog.call import Key
from hirewire.catalog.model import Resource, View

SCHEMA = "hirewire_schema"
"""The table that says which revision of ours a database is at."""


class RowKey(NamedTuple):
    """A key as the tables hold it: the customer, the record's own id, what it hangs on."""

    tenant: str
    kind: str
    record: str
    parent: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource whose records travel through the outbox: the customer first in its key, the record's own id last."""

    resource: Resource

    @property
    def name(self) -> str:
        """What the tables call it."""
        return self.resource.name

    def row_key(self, key: Key) -> RowKey:
        """Where the tables keep a key."""
        tenant, parent, record = key
        return RowKey(tenant, self.name, record, parent)

    def key(self, row: RowKey) -> Key:
        """The key of a row."""
        make: Any = self.resource.key_type
        made: Key = make(row.tenant, row.parent, row.record)
        return made

    def shares_parent(self, view: View) -> bool:
        """Whether all records of one request must hang on the same parent."""
        names: tuple[str, ...] = self.resource.key_type._fields  # type: ignore[attr-defined]  # a NamedTuple
        return names[1] in view.shared_parts


KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (Kind(APPLICATION_NOTES),)}


def kind_of(key: Key) -> Kind:
    """The kind a typed key belongs to; ``TypeError`` for any other value."""
    for kind in KINDS.values():
        if isinstance(key, kind.resource.key_type):
            return kind
    expected = ", ".join(kind.resource.key_type.__name__ for kind in KINDS.values())
    raise TypeError(f"expected a key of type {expected}, got {type(key).__name__}")
