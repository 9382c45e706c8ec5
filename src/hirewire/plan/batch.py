"""How many changes are cut into calls: by count, by encoded size, and by what the path of a view holds.

Not here: encoding. A size here is an upper bound that is cheap to know; the real size is never above it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import msgspec

from hirewire.catalog.call import Entity, Key, Patch
from hirewire.catalog.model import Limits, View

K = TypeVar("K", bound=Key)
E = TypeVar("E", bound=Entity | Patch | None)

# Names, indexes and punctuation around one record in query and body, in the longest spelling of the two protocols.
_RECORD_BYTES = 600
# Headers of the parts, delimiters and the envelope of one tunnelled call.
_CALL_BYTES = 600
# One byte of a key part stands in the query as at most %25XX and in the body as at most \u00XX.
_KEY_FACTOR = 5 + 6


@dataclass(slots=True)
class _Group(Generic[K, E]):
    """One call in the making."""

    entities: dict[K, E] = field(default_factory=dict)
    size: int = _CALL_BYTES

    def takes(self, key: K, size: int, records_max: int, bytes_max: int) -> bool:
        """Whether another change fits. A key that is here already must not: one call says one thing about one record."""
        return key not in self.entities and len(self.entities) < records_max and self.size + size <= bytes_max

    def add(self, key: K, entity: E, size: int) -> None:
        self.entities[key] = entity
        self.size += size


def batches(changes: Iterable[tuple[K, E]], view: View, limits: Limits, max_body_bytes: int) -> list[dict[K, E]]:
    """Cut changes into groups of which each is one call; keys are the resource's own ``NamedTuple``.

    A group holds at most ``limits.records_per_batch`` records, at most ``max_body_bytes`` once encoded and tunnelled
    (a single larger record makes a group of its own), no key twice, and one parent where the view's path holds it.
    Two changes of one key keep their order; so do the changes of one parent.
    """
    open_groups: dict[tuple[str, ...], _Group[K, E]] = {}
    cut: list[dict[K, E]] = []
    for key, entity in changes:
        parent = tuple(getattr(key, part) for part in view.shared_parts)
        size = size_max(key, entity)
        group = open_groups.get(parent)
        if group is None or not group.takes(key, size, limits.records_per_batch, max_body_bytes):
            group = open_groups[parent] = _Group()
            cut.append(group.entities)
        group.add(key, entity, size)
    return cut


def size_max(key: Key, entity: Entity | Patch | None) -> int:
    """An upper bound of the bytes one record adds to a call, query and body together."""
    parts = sum(map(_utf8_bytes, key))
    return _RECORD_BYTES + _KEY_FACTOR * parts + _json_bytes(entity)


def _utf8_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _json_bytes(entity: Entity | Patch | None) -> int:
    try:
        return len(msgspec.json.encode(entity))
    except (TypeError, ValueError, ArithmeticError, RecursionError):
        # No JSON can be made of it, so it will be refused before it is sent: it takes no room.
        return 0
