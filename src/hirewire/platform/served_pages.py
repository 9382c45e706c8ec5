"""Pages that were served: where each ended, so that the page behind it continues there (decision G-54).

Kept in the database and not in memory: a walk goes on after a restart, and with several processes behind one address.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec

from hirewire.db import Statements, Transaction
from hirewire.platform.prospect_notes import Place
from hirewire.values.time import HOUR_MS, Millis

REMEMBERED_MS = HOUR_MS
"""How long a page is remembered after it was served."""

PAGES_MAX = 10_000
"""How many pages are remembered of one application; beyond that the oldest go."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One query of one application, whatever page of it is asked for."""

    client_id: str
    query: bytes

    @classmethod
    def of(cls, client_id: str, *query: Any) -> Walk:
        """The walk through what a query finds. Equal queries make equal walks."""
        return cls(client_id, hashlib.sha256(msgspec.json.encode(query)).digest()[:16])


class ServedPages:
    """The remembered pages."""

    def __init__(self, statements: Statements, pages_max: int = PAGES_MAX) -> None:
        self._statements = statements
        self._pages_max = pages_max

    def find(self, tx: Transaction, walk: Walk, start: int, now: Millis) -> Place | None:
        """Where the page before ``start`` ended; None if that is not known."""
        params = {**_named(walk), "start": start, "served_after": now - REMEMBERED_MS}
        row = tx.one(self._statements["find_page"], params)
        return None if row is None else Place(*row)

    def remember(self, tx: Transaction, walk: Walk, starts: set[int], end: Place, now: Millis) -> None:
        """Keep where a page ended, under the starts of the page that may follow."""
        row = tx.one(self._statements["last_page_number"], {"client_id": walk.client_id})
        number = (row[0] if row and row[0] is not None else 0) + 1
        for start in sorted(starts):
            params = {**_named(walk), **end._asdict(), "start": start, "number": number, "served_at": now}
            tx.execute(self._statements["remember_page"], params)
        oldest = {"client_id": walk.client_id, "through": number - self._pages_max}
        tx.execute(self._statements["forget_pages"], oldest)


def _named(walk: Walk) -> dict[str, Any]:
    return {"client_id": walk.client_id, "query": walk.query}
