"""Owning a lane: one process serves an application at a time, under a lease with an epoch.

Leases are by the database's clock, so hosts need not agree on the time; a test in virtual time injects its own. What the
owner believes of its lease is monotonic time taken before the lease was asked for: it ends early here, never late.
"""

from __future__ import annotations

from dataclasses import dataclass

from hirewire.db import Database, Transaction
from hirewire.runtime.clock import Clock
from hirewire.sync.store import Fence, Store
from hirewire.values.time import Millis, to_iso


class LaneTaken(Exception):
    """Somebody else serves this application; the message says who, and until when."""


class LaneLost(Exception):
    """The lease ended before we renewed it, and somebody else serves the application now."""


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """Who we are, how long a lease lasts, and by which clock: None is the database's own."""

    owner: str
    lease_ms: int
    clock: Clock | None = None

    def now(self) -> Millis | None:
        """The injected time, or None for the database's."""
        return self.clock.now() if self.clock else None


class Lane:
    """The lane of one application while we hold it."""

    def __init__(self, store: Store, fence: Fence, terms: LeaseTerms) -> None:
        self._store = store
        self._terms = terms
        self.fence = fence

    @classmethod
    async def acquire(cls, database: Database, store: Store, application: str, terms: LeaseTerms) -> Lane:
        """Take the lane, under a new epoch.

        Raises:
            LaneTaken: somebody else's lease lasts.
        """

        def take(tx: Transaction) -> int | str:
            epoch = store.acquire_lane(tx, application, terms.owner, terms.lease_ms, terms.now())
            return epoch if epoch is not None else _taken(tx, store, application, terms)

        taken = await database.write(take)
        if isinstance(taken, str):
            raise LaneTaken(taken)
        return cls(store, Fence(application, taken), terms)

    def renew(self, tx: Transaction) -> None:
        """Extend the lease, in the transaction of whatever is about to be decided.

        Raises:
            LaneLost: a newer epoch has begun.
        """
        if not self._store.renew_lane(tx, self.fence, self._terms.lease_ms, self._terms.now()):
            raise LaneLost(
                f"application {self.fence.application} is served by another process since our lease ended: stopped"
            )

    async def release(self, database: Database) -> None:
        """Give the lane back."""
        await database.write(lambda tx: self._store.release_lane(tx, self.fence))


def _taken(tx: Transaction, store: Store, application: str, terms: LeaseTerms) -> str:
    lane = store.show_lane(tx, application, terms.now())
    holder = f"{lane.owner} until {to_iso(lane.lease_until)}" if lane else "somebody"
    return (
        f"application {application} is served by {holder}, or longer if it is alive: stop that process, or wait; only "
        "one may serve an application at a time"
    )
