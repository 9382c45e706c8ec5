"""The worker that sends mails to applicants when they are due. Decisions are plan's, the conversation is smtp.py's.

A mail is taken for longer than sending can last, then handed in, and only then marked. Whoever dies after the server
has taken it leaves it to be handed in again, with the same Message-ID; nobody else ever sends one twice.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hirewire.db import Database, Transaction
from hirewire.plan.mailing import CLAIM_MS, Fault, MailState, is_consented, next_attempt
from hirewire.plan.notices import EXPERIENCES
from hirewire.platform.credentials import Random
from hirewire.platform.letters import Sender, write_letter, write_message
from hirewire.platform.mails import Mail, Written
from hirewire.platform.smtp import NotTaken, Postman
from hirewire.platform.stores import Stores
from hirewire.runtime.clock import Clock
from hirewire.runtime.logs import Log
from hirewire.values.mail_address import MailAddress
from hirewire.values.time import Millis

AT_ONCE_MAX = 8
_ID_BYTES = 16
_DRAW_BYTES = 4


@dataclass(frozen=True, slots=True)
class _Taken:
    """A mail taken for sending."""

    mail: Mail
    written: Written
    recipient: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one attempt: the server has it, or when to try again (None: never)."""

    mail: Mail
    attempts: int
    not_taken: NotTaken | None
    next_at: Millis | None


class Mailing:
    """Sends mails that are due; without a ``postman`` it writes and keeps them."""

    name = "mailing"

    def __init__(
        self,
        database: Database,
        stores: Stores,
        sender: Sender,
        postman: Postman | None,
        clock: Clock,
        log: Log,
        random: Random,
    ) -> None:
        self._database = database
        self._stores = stores
        self._sender = sender
        self._postman = postman
        self._clock = clock
        self._log = log
        self._random = random
        self._unrecorded: dict[int, tuple[Mail, NotTaken | None]] = {}

    async def step(self, now: Millis) -> Millis | None:
        """Send what is due, a few at once."""
        await self._record_all()
        next_at = await self._database.read(self._stores.mails.next_at)
        if next_at is None or next_at > now:
            return next_at
        taken = await self._database.write(lambda tx: self._take(tx, now))
        work = asyncio.ensure_future(self._send_all(taken))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            # What was handed in must be marked before we go: the next one would hand it in again.
            await work
            raise
        return now if taken else await self._database.read(self._stores.mails.next_at)

    async def settle(self) -> None:
        """Nothing outlives a step."""

    # -- deciding what goes

    def _take(self, tx: Transaction, now: Millis) -> list[_Taken]:
        claimed = self._stores.mails.claim(tx, now, Millis(now + CLAIM_MS), AT_ONCE_MAX)
        return [taken for mail in claimed if (taken := self._taken(tx, mail, now)) is not None]

    def _taken(self, tx: Transaction, mail: Mail, now: Millis) -> _Taken | None:
        """The mail ready to be sent; None where it is not to be."""
        application = self._stores.job_applications.find(tx, mail.job_application)
        assert application is not None and mail.recipient is not None  # it could not have become due
        if EXPERIENCES[mail.event].needs_consent:
            history = self._stores.applicants.consents(tx, application.organization)
            if not is_consented(history, mail.due_at, now):
                self._stores.mails.finish(tx, mail, MailState.WITHHELD, now, attempts=mail.attempts, error=mail.error)
                return None
        written = mail.written
        if written is None:
            job = self._stores.job_applications.job(tx, application.job)
            assert job is not None  # applications refer to jobs
            written = Written(self._new_message_id(), now, write_letter(mail.event, application, job))
            self._stores.mails.write(tx, mail, written)
        if self._postman is None:
            self._stores.mails.finish(tx, mail, MailState.KEPT, now, attempts=mail.attempts)
            return None
        return _Taken(mail, written, mail.recipient)

    def _new_message_id(self) -> str:
        return f"<{self._random(_ID_BYTES).hex()}@{self._sender.address.domain}>"

    # -- sending

    async def _send_all(self, taken: list[_Taken]) -> None:
        async with asyncio.TaskGroup() as group:
            for each in taken:
                group.create_task(self._send(each))
        await self._record_all()

    async def _send(self, taken: _Taken) -> None:
        assert self._postman is not None
        try:
            recipient = MailAddress.parse(taken.recipient)
            letter, written_at = taken.written.letter, taken.written.written_at
            message = write_message(letter, self._sender, recipient, taken.written.message_id, written_at)
        except ValueError as error:
            self._unrecorded[taken.mail.id] = (taken.mail, NotTaken(Fault.LASTING, f"cannot be written: {error}"))
            return
        not_taken = await self._postman.hand_in(self._sender.address, recipient, message)
        self._unrecorded[taken.mail.id] = (taken.mail, not_taken)

    async def _record_all(self) -> None:
        """Write down what became of the mails handed in. What cannot be now is kept in mind, and comes first next time."""
        if not self._unrecorded:
            return
        now = self._clock.now()
        outcomes = [self._outcome(mail, not_taken, now) for mail, not_taken in self._unrecorded.values()]
        await self._database.write(lambda tx: self._record(tx, outcomes, now))
        for outcome in outcomes:
            del self._unrecorded[outcome.mail.id]
            self._tell(outcome)

    def _outcome(self, mail: Mail, not_taken: NotTaken | None, now: Millis) -> _Outcome:
        attempts = mail.attempts + 1
        next_at = next_attempt(attempts, not_taken.fault, now, self._draw()) if not_taken is not None else None
        return _Outcome(mail, attempts, not_taken, next_at)

    def _draw(self) -> float:
        return float(int.from_bytes(self._random(_DRAW_BYTES), "big") / 2 ** (8 * _DRAW_BYTES))

    def _record(self, tx: Transaction, outcomes: list[_Outcome], now: Millis) -> None:
        mails = self._stores.mails
        for each in outcomes:
            if each.not_taken is None:
                mails.finish(tx, each.mail, MailState.SENT, now, attempts=each.attempts)
            elif each.next_at is None:
                mails.give_up(tx, each.mail, now, attempts=each.attempts, error=each.not_taken.error)
            else:
                mails.postpone(tx, each.mail, each.next_at, attempts=each.attempts, error=each.not_taken.error)

    def _tell(self, outcome: _Outcome) -> None:
        """For the log. Neither the address nor what the server said, which often repeats it; both are in the store."""
        about = {"mail_id": outcome.mail.id, "mail_event": outcome.mail.event.value, "number": outcome.attempts}
        if outcome.not_taken is None:
            self._log.info("mail sent", **about)
        elif outcome.next_at is None:
            self._log.error("mail failed", fault=outcome.not_taken.fault.value, **about)
        else:
            self._log.warning("mail not taken", next_at=outcome.next_at, **about)
