"""What applicants are shown: which event of their application, on which surface, since when. Mails are mails.py's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hirewire.db import Statements, Transaction
from hirewire.plan.notices import Event, Surface
from hirewire.values.time import Millis


@dataclass(frozen=True, slots=True)
class Notice:
    """One event on one surface. What was shown stays shown (decision G-45)."""

    job_application: str
    event: Event
    surface: Surface
    shown_at: Millis


class Notices:
    """The stored notices."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def show(
        self, tx: Transaction, job_application: str, event: Event, surfaces: Iterable[Surface], now: Millis
    ) -> None:
        """Show an event from now on; where it shows already, nothing changes (decision G-35)."""
        for surface in surfaces:
            params = {"job_application": job_application, "event": event.value, "surface": surface.value}
            tx.execute(self._statements["add_notice"], {**params, "shown_at": now})

    def of(self, tx: Transaction, job_application: str) -> list[Notice]:
        """What is shown of one job application, the oldest first; of one moment in the order in which things happen."""
        rows = tx.rows(self._statements["list_notices"], {"job_application": job_application})
        notices = [Notice(urn, Event(event), Surface(surface), at) for urn, event, surface, at in rows]
        return sorted(notices, key=lambda each: (each.shown_at, _ORDER[each.event]))


_ORDER = {event: position for position, event in enumerate(Event)}
