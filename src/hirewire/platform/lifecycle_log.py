"""Every lifecycle action as it was reported: repeated ones too, and those on job applications nobody knows."""

from __future__ import annotations

from dataclasses import dataclass

from hirewire.db import Statements, Transaction
from hirewire.values.time import Millis

ID_MAX = 2**62


@dataclass(frozen=True, slots=True)
class ReportedAction:
    """One action. ``performed_at`` is the partner's word, ``received_at`` the platform's clock (decision G-36)."""

    job_application: str
    organization: str | None
    action: str
    performed_at: int
    received_at: Millis
    client_id: str


class LifecycleLog:
    """The stored actions."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, tx: Transaction, action: ReportedAction) -> int:
        """Write an action down; its number."""
        params = {
            "job_application": action.job_application,
            "organization": action.organization,
            "action": action.action,
            "performed_at": action.performed_at,
            "received_at": action.received_at,
            "client_id": action.client_id,
        }
        row = tx.one(self._statements["add_lifecycle_action"], params)
        assert row is not None
        return int(row[0])

    def of(
        self, tx: Transaction, job_application: str, *, before: int = ID_MAX, count: int
    ) -> list[tuple[int, ReportedAction]]:
        """The actions on one job application with their numbers, the newest first."""
        params = {"job_application": job_application, "before": before, "count": count}
        rows = tx.rows(self._statements["list_lifecycle_actions"], params)
        return [(number, ReportedAction(*row)) for number, *row in rows]
