"""How much of each throttle an application has used, durably. What that allows is quota.py's."""

from __future__ import annotations

import dataclasses

from hirewire.db import Statements, Transaction
from hirewire.platform.quota import Usage


class Usages:
    """The stored counters, one row per application and resource."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def lock(self, tx: Transaction, client_id: str, resource: str) -> Usage:
        """The counters, which nobody else can change until this unit ends."""
        params = {"client_id": client_id, "resource": resource}
        row = tx.one(self._statements["lock_usage"], params)
        if row is None:
            tx.execute(self._statements["begin_usage"], params)
            row = tx.one(self._statements["lock_usage"], params)
        return Usage(*row) if row else Usage()

    def save(self, tx: Transaction, client_id: str, resource: str, usage: Usage) -> None:
        """Replace the counters."""
        params = {"client_id": client_id, "resource": resource, **dataclasses.asdict(usage)}
        tx.execute(self._statements["save_usage"], params)

    def of(self, tx: Transaction, client_id: str) -> dict[str, Usage]:
        """An application's counters by resource."""
        rows = tx.rows(self._statements["list_usage"], {"client_id": client_id})
        return {resource: Usage(*counters) for resource, *counters in rows}
