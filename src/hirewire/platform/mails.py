"""Mails to applicants: due, taken for sending, and what became of each. At most one for each application and event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hirewire.db import Statements, Transaction
from hirewire.plan.mailing import MailState
from hirewire.plan.notices import Event
from hirewire.platform.letters import Letter
from hirewire.values.time import Millis

ID_MAX = 2**62


@dataclass(frozen=True, slots=True)
class Written:
    """A mail as it was written, which happens once: ``message_id`` stays the same however often it is tried."""

    message_id: str
    written_at: Millis
    letter: Letter


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. ``recipient`` is an address as it was given; ``error`` is the last attempt's."""

    id: int
    job_application: str
    event: Event
    recipient: str | None
    state: MailState
    created_at: Millis
    due_at: Millis
    next_at: Millis
    attempts: int
    error: str | None
    finished_at: Millis | None
    written: Written | None


@dataclass(frozen=True, slots=True)
class MailFilter:
    """Which mails to list."""

    before: int = ID_MAX
    job_application: str | None = None
    state: MailState | None = None
    count: int = 50


class Mails:
    """The stored mails."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def put(
        self,
        tx: Transaction,
        job_application: str,
        event: Event,
        recipient: str | None,
        state: MailState,
        due_at: Millis,
        now: Millis,
    ) -> None:
        """A mail about an event, unless there is one: of a mail that was withheld nobody heard, so it may come again."""
        params = {"job_application": job_application, "event": event.value, "recipient": recipient}
        finished_at = None if state is MailState.DUE else now
        when = {"created_at": now, "due_at": due_at, "finished_at": finished_at}
        tx.execute(self._statements["put_mail"], {**params, **when, "state": state.value})

    # -- sending

    def next_at(self, tx: Transaction) -> Millis | None:
        """When to look for mails that are due."""
        row = tx.one(self._statements["next_mail"])
        return None if row is None or row[0] is None else Millis(row[0])

    def claim(self, tx: Transaction, now: Millis, until: Millis, count: int) -> list[Mail]:
        """Take some mails that are due; they are nobody else's before ``until``, and due again after it."""
        params = {"now": now, "until": until, "count": count}
        return [_read(row) for row in tx.rows(self._statements["claim_mails"], params)]

    def write(self, tx: Transaction, mail: Mail, written: Written) -> None:
        """Keep what a mail says."""
        letter = written.letter
        tx.execute(
            self._statements["write_mail"],
            {
                "id": mail.id,
                "message_id": written.message_id,
                "written_at": written.written_at,
                "subject": letter.subject,
                "text": letter.text,
                "html": letter.html,
            },
        )

    def finish(
        self, tx: Transaction, mail: Mail, state: MailState, now: Millis, *, attempts: int, error: str | None = None
    ) -> bool:
        """A mail is no longer due, and never will be. True whoever says so, and however late; whether it was due."""
        params = {"id": mail.id, "state": state.value, "attempts": attempts, "error": error, "now": now}
        return tx.execute(self._statements["finish_mail"], params) == 1

    def postpone(self, tx: Transaction, mail: Mail, next_at: Millis, *, attempts: int, error: str) -> None:
        """An attempt failed: try again later. Counts only while the claim holds."""
        params = {"id": mail.id, "claimed_until": mail.next_at, "next_at": next_at}
        tx.execute(self._statements["postpone_mail"], {**params, "attempts": attempts, "error": error})

    def give_up(self, tx: Transaction, mail: Mail, now: Millis, *, attempts: int, error: str) -> None:
        """The last attempt failed. Counts only while the claim holds."""
        params = {"id": mail.id, "claimed_until": mail.next_at, "now": now}
        tx.execute(self._statements["fail_mail"], {**params, "attempts": attempts, "error": error})

    # -- looking

    def find(self, tx: Transaction, mail_id: int) -> Mail | None:
        """One mail."""
        row = tx.one(self._statements["find_mail"], {"id": mail_id})
        return None if row is None else _read(row)

    def each(self, tx: Transaction, wanted: MailFilter) -> Iterator[Mail]:
        """Mails, the newest first."""
        params = {
            "before": wanted.before,
            "job_application": wanted.job_application,
            "state": None if wanted.state is None else wanted.state.value,
            "count": wanted.count,
        }
        for row in tx.rows(self._statements["list_mails"], params):
            yield _read(row)


def _read(row: tuple[Any, ...]) -> Mail:
    *head, message_id, written_at, subject, text, html = row
    id_, job_application, event, recipient, state, created_at, due_at, next_at, attempts, error, finished_at = head
    written = None if message_id is None else Written(message_id, written_at, Letter(subject, text, html))
    return Mail(
        id=id_,
        job_application=job_application,
        event=Event(event),
        recipient=recipient,
        state=MailState(state),
        created_at=created_at,
        due_at=due_at,
        next_at=next_at,
        attempts=attempts,
        error=error,
        finished_at=finished_at,
        written=written,
    )
