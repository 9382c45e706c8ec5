"""A digest of many records that does not depend on their order, so that two sides can compare what they hold.

It is the sum, modulo 2**256, of the SHA-256 of each record's canonical text. It proves equality of honest sides; it is
no defence against somebody who picks records to collide.
"""

from __future__ import annotations

import hashlib

import msgspec

from hirewire.catalog.call import Entity, Key

_MODULUS = 2**256


class ContentDigest:
    """Adds up records; equal multisets of records give equal digests.

    >>> one, other = ContentDigest(), ContentDigest()
    >>> one.add(("a",), b"{}"); one.add(("b",), b"{}")
    >>> other.add(("b",), b"{}"); other.add(("a",), b"{}")
    >>> one.hexdigest() == other.hexdigest(), one.count
    (True, 2)
    """

    def __init__(self) -> None:
        self._sum = 0
        self.count = 0

    def add(self, key: Key, entity: Entity | bytes) -> None:
        """Add one record: its logical key and its entity, or the entity's canonical JSON (``entity_bytes``)."""
        body = entity if isinstance(entity, bytes) else entity_bytes(entity)
        digest = hashlib.sha256(msgspec.json.encode(list(key)) + b"\n" + body).digest()
        self._sum = (self._sum + int.from_bytes(digest, "big")) % _MODULUS
        self.count += 1

    def hexdigest(self) -> str:
        """64 hexadecimal digits."""
        return f"{self._sum:064x}"


def entity_bytes(entity: Entity) -> bytes:
    """The canonical JSON of a logical entity: logical names in declared order, absent fields left out."""
    return msgspec.json.encode(entity)
