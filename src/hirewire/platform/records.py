"""The general store: every resource's entities in logical terms, one row each. What a write means is behaviours.py's.

A row is found by tenant (the integration context), resource, and the rest of its key as a JSON array; records whose
keys begin alike lie side by side, so a prefix names an application's notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import attrgetter

import msgspec

from hirewire.catalog.call import Entity, Key
from hirewire.catalog.model import Resource
from hirewire.db import Statements, Transaction
from hirewire.platform.rules import WriteMode
from hirewire.values.time import Millis

_MODES = {WriteMode.NEWEST: "put_newest", WriteMode.STRICT: "put_newest", WriteMode.ARRIVAL: "put_latest"}


@dataclass(frozen=True, slots=True)
class Record:
    """One stored record; ``body`` is the canonical JSON of its logical entity."""

    key: Key
    version: int | None
    body: bytes
    stored_at: Millis


@dataclass(frozen=True, slots=True)
class Address:
    """Where a record's row is."""

    tenant: str
    text: str

    @classmethod
    def of(cls, resource: Resource, key: Key) -> Address:
        """The address of a key of ``resource``."""
        position = resource.tenant_position
        return cls(key[position], _encode([*key[:position], *key[position + 1 :]]))

    def key(self, resource: Resource) -> Key:
        """The key at this address; the inverse of ``of``."""
        position = resource.tenant_position
        parts: list[str] = msgspec.json.decode(self.text, type=list[str])
        return _made(resource, (*parts[:position], self.tenant, *parts[position:]))


@dataclass(frozen=True, slots=True)
class Range:
    """A range of one tenant's rows of one resource, both bounds exclusive."""

    tenant: str
    resource: Resource
    above: str
    below: str

    @classmethod
    def beginning(cls, resource: Resource, tenant: str, *parts: str) -> Range:
        """The rows whose remaining key begins with ``parts``; without parts, all of the tenant's."""
        # A key's text is "[" + members joined by "," + "]", and a JSON string cannot run on: whatever follows the
        # members given begins with ",". The next character after "," is "-", the next after "[" is "\".
        if not parts:
            return cls(tenant, resource, "[", "\\")
        prefix = _encode(parts).removesuffix("]")
        return cls(tenant, resource, prefix + ",", prefix + "-")

    def after(self, key: Key | None) -> Range:
        """The part of this range behind ``key``."""
        if key is None:
            return self
        return Range(self.tenant, self.resource, max(self.above, Address.of(self.resource, key).text), self.below)


class Records:
    """The stored records."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def put(
        self, tx: Transaction, resource: Resource, entities: Mapping[Key, Entity], mode: WriteMode, now: Millis
    ) -> list[Key]:
        """Store whole entities, each replacing what was there; the keys whose stored version is greater, and stays.

        Versions are compared only where both sides carry one; equal ones count as newer (decision G-16).
        """
        rows = sorted(_rows(resource, entities))
        params = {"resource": resource.name, "stored_at": now}
        stored = tx.execute_rows(self._statements[_MODES[mode]], rows, params)
        if mode is WriteMode.ARRIVAL or len(stored) == len(rows):
            return []
        return _missing(resource, entities, stored)

    def find(self, tx: Transaction, resource: Resource, keys: Iterable[Key]) -> dict[Key, Entity]:
        """The entities under some keys; a key there is nothing under is absent."""
        return self._found(tx, "find_records", resource, keys)

    def lock(self, tx: Transaction, resource: Resource, keys: Iterable[Key]) -> dict[Key, Entity]:
        """The same, and nobody else changes them before the transaction ends."""
        return self._found(tx, "lock_records", resource, keys)

    def _found(self, tx: Transaction, statement: str, resource: Resource, keys: Iterable[Key]) -> dict[Key, Entity]:
        pairs = sorted({_pair(resource, key) for key in keys})
        rows = tx.execute_rows(self._statements[statement], pairs, {"resource": resource.name})
        decode = msgspec.json.Decoder(resource.entity_type).decode
        return {Address(tenant, text).key(resource): decode(bytes(body)) for tenant, text, body in rows}

    def delete(self, tx: Transaction, resource: Resource, keys: Iterable[Key]) -> list[Key]:
        """Remove records; the keys there was nothing under."""
        wanted = list(keys)
        pairs = sorted(_pair(resource, key) for key in wanted)
        return _missing(
            resource, wanted, tx.execute_rows(self._statements["delete_records"], pairs, {"resource": resource.name})
        )

    def delete_range(self, tx: Transaction, wanted: Range) -> int:
        """Remove every record of a range; how many there were."""
        return tx.execute(self._statements["delete_range"], _range_params(wanted))

    def each(self, tx: Transaction, wanted: Range) -> Iterator[Record]:
        """The records of a range in the order of their keys, with flat memory; use it inside the unit."""
        for text, version, body, stored_at in tx.stream(self._statements["list_records"], _range_params(wanted)):
            yield Record(Address(wanted.tenant, text).key(wanted.resource), version, bytes(body), stored_at)


_encoder = msgspec.json.Encoder()


def _encode(parts: Sequence[str]) -> str:
    return _encoder.encode(parts).decode()


def _rows(resource: Resource, entities: Mapping[Key, Entity]) -> Iterator[tuple[str, str, int | None, bytes]]:
    """Tenant, rest of the key, version and body of each entity. Spelled out, because it runs for every record."""
    encode, position = _encoder.encode, resource.tenant_position
    versions = map(attrgetter(resource.version_field), entities.values()) if resource.version_field else repeat(None)
    for (key, entity), version in zip(entities.items(), versions, strict=False):
        rest = key[1:] if position == 0 else key[:position] + key[position + 1 :]
        yield key[position], encode(rest).decode(), version, encode(entity)


def _missing(resource: Resource, keys: Iterable[Key], there: Iterable[tuple[str, ...]]) -> list[Key]:
    """The keys whose rows are not among those ``there``."""
    done = set(there)
    return [key for key in keys if _pair(resource, key) not in done]


def _pair(resource: Resource, key: Key) -> tuple[str, str]:
    address = Address.of(resource, key)
    return address.tenant, address.text


def _made(resource: Resource, parts: tuple[str, ...]) -> Key:
    return resource.key_type(*parts)


def _range_params(wanted: Range) -> dict[str, object]:
    return {
        "tenant": wanted.tenant,
        "resource": wanted.resource.name,
        "above": wanted.above,
        "below": wanted.below,
    }
