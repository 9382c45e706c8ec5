"""Push events: written in the transaction of what causes them, kept until delivered, and after that for replays.

Whoever causes an event calls ``emit`` with its own transaction. Which callback it goes to is decided here; sending is
delivery.py's.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hirewire.catalog.events import Announcement, EventType, ProspectNoteDeleted, write_event
from hirewire.catalog.integrations import INTEGRATIONS
from hirewire.db import Statements, Transaction
from hirewire.platform.callbacks import Callbacks
from hirewire.platform.customers import Customers
from hirewire.platform.doorbell import Doorbell
from hirewire.platform.records import Range, Records
from hirewire.values.time import Millis

ID_MAX = 2**62

_EXPORT, _CRM_EXPORT = "ONE_CLICK_EXPORT", "CRM_ONE_CLICK_EXPORT"
_CALLBACK_OF = {"CSA_API": _EXPORT, "CRM_CSA_API": _CRM_EXPORT}
"""A contract has no callback of its own: its events go to the customer's (decision G-22)."""


class EventState(enum.Enum):
    """What became of an event."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    PARKED = "parked"
    """Every attempt failed; it is kept, and sent again on request."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event. ``customer`` is the organization, or a contract nobody knows the organization of yet."""

    id: int
    customer: str
    integration_type: str
    context: str
    type: str
    body: bytes
    created_at: Millis
    state: EventState
    attempts: int
    next_at: Millis
    finished_at: Millis | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver an event; without an answer there is no ``status``, and ``error`` says what happened."""

    number: int
    at: Millis
    url: str
    status: int | None
    duration_ms: int
    error: str | None = None


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events to list."""

    before: int = ID_MAX
    customer: str | None = None
    state: EventState | None = None
    count: int = 50


@dataclass(frozen=True, slots=True)
class Replay:
    """Which events of a customer to send again: a range of ids (both inclusive), of times (the end exclusive), or both."""

    customer: str
    first: int = 0
    last: int = ID_MAX
    since: Millis = Millis(0)
    until: Millis = Millis(ID_MAX)
    only_parked: bool = False


@dataclass(frozen=True, slots=True)
class _Route:
    """Which callback of the customer; ``is_assumed`` means that any other would do as well."""

    integration_type: str
    is_assumed: bool


class Events:
    """The stored events."""

    def __init__(
        self, statements: Statements, records: Records, customers: Customers, callbacks: Callbacks, bell: Doorbell
    ) -> None:
        self._statements = statements
        self._records = records
        self._customers = customers
        self._callbacks = callbacks
        self._bell = bell

    def emit(
        self,
        tx: Transaction,
        context: str,
        event: ProspectNoteDeleted | Announcement,
        now: Millis,
        *,
        integration_type: str | None = None,
    ) -> None:
        """Write an event of an integration context (contract or organization), due at once.

        ``integration_type`` names the integration whose callback it is for; without one it follows from the
        integrations of the contract. The event exists if and only if the transaction is committed.
        """
        customer = self._customers.of(tx, context) or context
        for route in self._routes(tx, customer, context, integration_type):
            tx.execute(
                self._statements["add_event"],
                {
                    "customer": customer,
                    "integration_type": route.integration_type,
                    "is_assumed": int(route.is_assumed),
                    "context": context,
                    "type": _type_of(event).value,
                    "body": write_event(event),
                    "now": now,
                },
            )
        self._bell.ring()

    def _routes(self, tx: Transaction, customer: str, context: str, integration_type: str | None) -> list[_Route]:
        if integration_type in _CALLBACK_OF.values():
            return [_Route(str(integration_type), is_assumed=False)]
        types = [integration_type] if integration_type else self._types_of(tx, context)
        named = sorted({_CALLBACK_OF[each] for each in types if each in _CALLBACK_OF})
        if named:
            return [_Route(each, is_assumed=False) for each in named]
        wanted = _CRM_EXPORT if any("CRM" in each for each in types) else _EXPORT
        there = [callback.key.integration_type for callback in self._callbacks.of(tx, customer)]
        return [_Route(wanted if wanted in there or not there else there[0], is_assumed=True)]

    def _types_of(self, tx: Transaction, context: str) -> list[str]:
        return [record.key[1] for record in self._records.each(tx, Range.beginning(INTEGRATIONS, context))]

    # -- what happens to callbacks and contracts

    def release(self, tx: Transaction, organization: str, integration_type: str) -> None:
        """A callback was registered or enabled: what waited for it is due at once, from the start of its ladder."""
        params = {"customer": organization, "integration_type": integration_type}
        if {each.key.integration_type for each in self._callbacks.of(tx, organization)} == {integration_type}:
            tx.execute(self._statements["redirect_events"], params)
        tx.execute(self._statements["release_events"], params)
        self._bell.ring()

    def adopt(self, tx: Transaction, contract: str, organization: str) -> None:
        """Somebody has said whose a contract is: events that waited for that are now the customer's."""
        tx.execute(self._statements["adopt_events"], {"contract": contract, "organization": organization})
        self._bell.ring()

    # -- delivering

    def claim(
        self, tx: Transaction, customer: str, integration_type: str, now: Millis, until: Millis, count: int
    ) -> list[StoredEvent]:
        """Take some due events of one callback; they are nobody else's before ``until``, and due again after it."""
        params = {"customer": customer, "integration_type": integration_type, "now": now, "until": until}
        return [_read(row) for row in tx.rows(self._statements["claim_events"], {**params, "count": count})]

    def deliver(self, tx: Transaction, event: StoredEvent, now: Millis) -> None:
        """An event was delivered. True whoever says so, and however late."""
        tx.execute(self._statements["finish_event"], {"id": event.id, "now": now})

    def postpone(self, tx: Transaction, event: StoredEvent, attempts: int, next_at: Millis | None, now: Millis) -> None:
        """An event was not delivered: it waits until ``next_at``, or is parked. Counts only while the claim holds."""
        state = EventState.PARKED if next_at is None else EventState.WAITING
        tx.execute(
            self._statements["postpone_event"],
            {
                "id": event.id,
                "claimed_until": event.next_at,
                "state": state.value,
                "attempts": attempts,
                "next_at": now if next_at is None else next_at,
                "finished_at": now if next_at is None else None,
            },
        )

    def add_attempt(self, tx: Transaction, event_id: int, attempt: Attempt) -> None:
        """Remember one attempt."""
        tx.execute(
            self._statements["add_delivery_attempt"],
            {
                "event_id": event_id,
                "number": attempt.number,
                "at": attempt.at,
                "url": attempt.url,
                "status": attempt.status,
                "duration_ms": attempt.duration_ms,
                "error": attempt.error,
            },
        )

    # -- looking, and sending again

    def each(self, tx: Transaction, wanted: EventFilter) -> Iterator[StoredEvent]:
        """Events, the newest first."""
        params = {
            "before": wanted.before,
            "customer": wanted.customer,
            "state": None if wanted.state is None else wanted.state.value,
            "count": wanted.count,
        }
        for row in tx.rows(self._statements["list_events"], params):
            yield _read(row)

    def find(self, tx: Transaction, event_id: int) -> StoredEvent | None:
        """One event."""
        row = tx.one(self._statements["find_event"], {"id": event_id})
        return None if row is None else _read(row)

    def attempts(self, tx: Transaction, event_id: int) -> list[Attempt]:
        """The attempts to deliver one event, the oldest first."""
        rows = tx.rows(self._statements["list_delivery_attempts"], {"event_id": event_id})
        return [Attempt(*row) for row in rows]

    def replay(self, tx: Transaction, wanted: Replay) -> int:
        """Send a range of events again, delivered ones too, each from the start of its ladder; how many."""
        count = tx.execute(
            self._statements["replay_events"],
            {
                "customer": wanted.customer,
                "first": wanted.first,
                "last": wanted.last,
                "since": wanted.since,
                "until": wanted.until,
                "only_parked": int(wanted.only_parked),
            },
        )
        self._bell.ring()
        return count


def _type_of(event: ProspectNoteDeleted | Announcement) -> EventType:
    return event.type if isinstance(event, Announcement) else EventType.DELETE_PROSPECT_NOTE


def _read(row: tuple[Any, ...]) -> StoredEvent:
    id_, customer, integration_type, context, type_, body, created_at, state, attempts, next_at, finished_at = row
    return StoredEvent(
        id=id_,
        customer=customer,
        integration_type=integration_type,
        context=context,
        type=type_,
        body=bytes(body),
        created_at=created_at,
        state=EventState(state),
        attempts=attempts,
        next_at=next_at,
        finished_at=finished_at,
    )
