"""Files into the outbox: read, checked, entered in transactions of bounded size; doing it again changes nothing."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from hirewire.db import Database, Transaction
from hirewire.plan.entity import Added
from hirewire.runtime.clock import Clock
from hirewire.sync import outbox
from hirewire.sync.changes import Change, Written, write
from hirewire.sync.cutting import rule_broken
from hirewire.sync.files import BadLine, Found, Reading, read_changes
from hirewire.sync.kinds import KINDS
from hirewire.sync.settings import ConnectorSettings
from hirewire.values.time import Millis

CHUNK_RECORDS = 1_000
CHUNK_BYTES = 4_000_000
"""Records, and bytes of their content, in one transaction: so much is held in memory, and lost by a crash."""

Sources = Iterable[tuple[str, IO[bytes]]]
"""Names, for messages, and open streams."""


@dataclass(slots=True)
class Pushed:
    """What came of a push: ``bad`` lines could not be read; the others are in ``added`` by what became of them."""

    bad: int = 0
    added: Counter[Added] = field(default_factory=Counter)

    @property
    def records(self) -> int:
        """How many records there were, unreadable ones included."""
        return self.bad + self.added.total()

    @property
    def is_clean(self) -> bool:
        """Whether every record could be read, and nothing is known that keeps it from being sent."""
        return not self.bad and not self.added[Added.PARKED]


def _ignore(_: object) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told what while files are read: ``on_bad`` each line something is wrong with, ``on_bytes`` how many bytes
    of the current file were read."""

    on_bad: Callable[[BadLine], None] = _ignore
    on_bytes: Callable[[int], None] = _ignore


_UNWATCHED = Watch()


def push(
    database: Database,
    sources: Sources,
    reading: Reading,
    *,
    clock: Clock,
    watch: Watch = _UNWATCHED,
    organizations: Collection[str] | None = None,
) -> Pushed:
    """Enter every record of some streams into the outbox.

    A record whose content is that of the newest version known is not sent again, so an interrupted push is simply
    repeated. ``organizations``, where given, are the customers that are served: a record of another is a bad line.
    """
    pushed = Pushed()
    for chunk in _chunks(_read(sources, reading, watch, organizations, pushed, _own_fault)):
        pushed.added += database.write_now(functools.partial(_record, chunk, clock.now()))
    return pushed


def rehearse(
    sources: Sources,
    reading: Reading,
    settings: ConnectorSettings,
    clock: Clock,
    *,
    watch: Watch = _UNWATCHED,
    organizations: Collection[str] | None = None,
) -> Pushed:
    """What `push` would do to an empty outbox, without one; the platform's documented rules are applied as well."""
    pushed = Pushed()
    customers = {customer.organization: customer for customer in settings.customers}

    def fault(change: Change, written: Written) -> str | None:
        customer = customers.get(written.key.tenant)
        if written.version.fault is not None or customer is None:
            return written.version.fault
        return rule_broken(change, settings.route(customer, KINDS[written.key.kind]), clock.now())

    for _, reason in _read(sources, reading, watch, organizations, pushed, fault):
        pushed.added[Added.QUEUED if reason is None else Added.PARKED] += 1
    return pushed


def _record(chunk: list[Written], now: Millis, tx: Transaction) -> Counter[Added]:
    return outbox.record(tx, chunk, now)


def _own_fault(_: Change, written: Written) -> str | None:
    return written.version.fault


def _read(
    sources: Sources,
    reading: Reading,
    watch: Watch,
    organizations: Collection[str] | None,
    pushed: Pushed,
    fault_of: Callable[[Change, Written], str | None],
) -> Iterator[tuple[Written, str | None]]:
    """Every record that can be entered, with what is wrong with it; the bad lines are told and counted."""
    for file, stream in sources:
        for item in read_changes(stream, file, reading, watch.on_bytes):
            found = _of_a_customer(item, file, organizations)
            if isinstance(found, BadLine):
                pushed.bad += 1
                watch.on_bad(found)
                continue
            written = write(found.change)
            fault = fault_of(found.change, written)
            if fault is not None:
                watch.on_bad(BadLine(file, found.line, None, fault, is_parked=True))
            yield written, fault


def _of_a_customer(item: Found | BadLine, file: str, organizations: Collection[str] | None) -> Found | BadLine:
    if isinstance(item, BadLine) or organizations is None or item.change.key[0] in organizations:
        return item
    reason = f"{item.change.key[0]} is none of the customers in the settings: its records would never be sent"
    return BadLine(file, item.line, "organization", reason)


def _chunks(read: Iterator[tuple[Written, str | None]]) -> Iterator[list[Written]]:
    chunk: list[Written] = []
    size = 0
    for written, _ in read:
        chunk.append(written)
        size += len(written.body)
        if len(chunk) >= CHUNK_RECORDS or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
