"""Push events on their way: two workers, one that delivers and one that challenges callbacks. Decisions are plan's.

An event is taken for longer than a delivery can last, then sent, and only then marked: whoever dies in between leaves
it to be sent again. So a receiver may get an event twice, never not at all.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from hirewire.db import Database, Transaction
from hirewire.plan.delivery import (
    CHALLENGE_DEADLINE_S,
    CLAIM_MS,
    DEADLINE_S,
    REVALIDATED_AFTER_MS,
    Validation,
    ValidationMode,
    health_after,
    is_challenged,
    is_success,
    may_deliver,
    next_attempt,
    standing_after,
)
from hirewire.platform.applications import Application, State
from hirewire.platform.callbacks import Callback, CallbackKey, Due
from hirewire.platform.credentials import Random
from hirewire.platform.events import Attempt, StoredEvent
from hirewire.platform.outgoing import Outgoing, Told
from hirewire.platform.rules import Rules, effective
from hirewire.platform.sealing import SealingError
from hirewire.platform.stores import Stores
from hirewire.runtime.clock import Clock
from hirewire.runtime.logs import Log
from hirewire.values.time import Millis
from hirewire.wire.signature import PREFIXED, SIGNATURE_HEADER, is_challenge_answer, sign

AT_ONCE_MAX = 64
AT_ONCE_PER_CALLBACK_MAX = 4
_CHALLENGES_AT_ONCE_MAX = 50
_DRAW_BYTES = 4


@dataclass(frozen=True, slots=True)
class Shared:
    """What both workers work with; ``rules`` is the layer under every application's own."""

    database: Database
    stores: Stores
    rules: Rules
    outgoing: Outgoing
    clock: Clock
    log: Log
    random: Random
    wake: Callable[[], None]

    def mode_of(self, application: Application) -> ValidationMode:
        """What a challenge is for, as far as this application's callbacks are concerned."""
        return effective(application.rules, self.rules).callback_validation


@dataclass(frozen=True, slots=True)
class _Taken:
    """An event taken for delivery; a ``secret`` that could not be opened is the reason why it cannot be sent."""

    callback: Callback
    event: StoredEvent
    secret: str | SealingError


class Deliveries:
    """Delivers events that are due."""

    name = "deliveries"

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._flying: dict[asyncio.Task[None], CallbackKey] = {}

    async def step(self, now: Millis) -> Millis | None:
        """Take what is due and begin to send it; what ends wakes us again."""
        stores = self._shared.stores
        waiting = await self._shared.database.read(lambda tx: self._deliverable(tx))
        due = [each.callback for each in waiting if each.due_at <= now]
        if due:
            for taken in await self._shared.database.write(lambda tx: self._take(tx, stores, due, now)):
                self._begin(taken)
        return min((each.due_at for each in waiting if each.due_at > now), default=None)

    async def settle(self) -> None:
        """Wait for the deliveries under way."""
        await asyncio.gather(*self._flying)

    def _deliverable(self, tx: Transaction) -> list[Due]:
        return [each for each in self._shared.stores.callbacks.waiting(tx) if self._is_open(tx, each.callback)]

    def _is_open(self, tx: Transaction, callback: Callback) -> bool:
        application = self._shared.stores.applications.find(tx, callback.client_id)
        if application is None or application.state is State.REVOKED:
            return False
        return may_deliver(self._shared.mode_of(application), callback.standing)

    def _take(self, tx: Transaction, stores: Stores, due: list[Callback], now: Millis) -> list[_Taken]:
        taken: list[_Taken] = []
        flying = Counter(self._flying.values())
        until = Millis(now + CLAIM_MS)
        for callback in due:
            key = callback.key
            room = min(AT_ONCE_MAX - flying.total() - len(taken), AT_ONCE_PER_CALLBACK_MAX - flying[key])
            if room <= 0:
                continue
            events = stores.events.claim(tx, key.organization, key.integration_type, now, until, room)
            secret = _secret(tx, stores, callback.client_id)
            taken += [_Taken(callback, event, secret) for event in events]
        return taken

    def _begin(self, taken: _Taken) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(taken))
        self._flying[task] = taken.callback.key
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._flying[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            self._shared.log.error("delivery", exc_info=error)  # the claim runs out, and it is sent again
        self._shared.wake()

    async def _deliver(self, taken: _Taken) -> None:
        shared = self._shared
        started = shared.clock.now()
        told = await self._send(taken)
        draw = int.from_bytes(shared.random(_DRAW_BYTES), "big") / 2 ** (8 * _DRAW_BYTES)
        now = shared.clock.now()
        attempt = Attempt(
            taken.event.attempts + 1, started, taken.callback.url, told.status, told.duration_ms, told.error
        )
        before, after = await shared.database.write(lambda tx: self._record(tx, taken, attempt, now, draw))
        _log_delivery(shared.log, taken, attempt, before, after)

    async def _send(self, taken: _Taken) -> Told:
        if isinstance(taken.secret, SealingError):
            return Told(None, 0, str(taken.secret))
        body = taken.event.body
        headers = {
            "Content-Type": "application/json",
            SIGNATURE_HEADER: sign(PREFIXED, taken.secret, body),
            "Content-Length": str(len(body)),
            "Connection": "Keep-Alive",
            "Accept-Encoding": "gzip,deflate",
        }
        return await self._shared.outgoing.call("POST", taken.callback.url, headers, body, DEADLINE_S, read=False)

    def _record(
        self, tx: Transaction, taken: _Taken, attempt: Attempt, now: Millis, draw: float
    ) -> tuple[Callback | None, Callback | None]:
        """Write down one attempt and what follows from it; the callback before and after it."""
        stores, event = self._shared.stores, taken.event
        stores.events.add_attempt(tx, event.id, attempt)
        if is_success(attempt.status):
            stores.events.deliver(tx, event, now)
        else:
            stores.events.postpone(tx, event, attempt.number, next_attempt(attempt.number, now, draw), now)
        before = stores.callbacks.find(tx, taken.callback.key)
        # What an earlier URL did says nothing about the present one, and a secret of ours nothing about either.
        if before is None or before.url != attempt.url or isinstance(taken.secret, SealingError):
            return before, before
        after = replace(before, health=health_after(before.health, attempt.status, now))
        stores.callbacks.save(tx, after)
        return before, after


def _secret(tx: Transaction, stores: Stores, client_id: str) -> str | SealingError:
    try:
        return stores.secrets.find(tx, client_id)
    except SealingError as error:
        return error


def _log_delivery(log: Log, taken: _Taken, attempt: Attempt, before: Callback | None, after: Callback | None) -> None:
    where = {"organization": taken.callback.key.organization, "integration_type": taken.callback.key.integration_type}
    log.info(
        "push", event_id=taken.event.id, number=attempt.number, status=attempt.status, error=attempt.error, **where
    )
    if before is None or after is None:
        return
    if after.health.warnings > before.health.warnings:
        log.warning("callback failing", since=after.health.failing_since, **where)
    if after.health.disabled is not None and before.health.disabled is None:
        log.warning("callback disabled", reason=after.health.disabled.value, **where)


@dataclass(frozen=True, slots=True)
class _Question:
    """A callback whose challenge is due."""

    callback: Callback
    application: Application
    secret: str | SealingError


class Challenges:
    """Challenges callbacks whose time has come, where the tenant's rules ask for it."""

    name = "challenges"

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def step(self, now: Millis) -> Millis | None:
        """Ask everybody who is due, at most fifty at once."""
        listed = await self._shared.database.read(
            lambda tx: self._shared.stores.callbacks.next_validations(tx, _CHALLENGES_AT_ONCE_MAX)
        )
        due = [callback for callback in listed if callback.next_validation_at <= now]
        if due:
            questions = await self._shared.database.read(lambda tx: self._questions(tx, due))
            await asyncio.gather(*(self._ask(question) for question in questions))
            asked = {question.callback.key for question in questions}
            unasked = [callback for callback in due if callback.key not in asked]
            await self._shared.database.write(lambda tx: self._put_off(tx, unasked, now))
            return now if len(due) == _CHALLENGES_AT_ONCE_MAX else Millis(now + REVALIDATED_AFTER_MS)
        return min((callback.next_validation_at for callback in listed), default=None)

    async def settle(self) -> None:
        """Nothing outlives a step."""

    def _questions(self, tx: Transaction, due: list[Callback]) -> list[_Question]:
        stores, questions = self._shared.stores, []
        for callback in due:
            application = stores.applications.find(tx, callback.client_id)
            if application is not None and is_challenged(self._shared.mode_of(application), callback.standing):
                questions.append(_Question(callback, application, _secret(tx, stores, callback.client_id)))
        return questions

    async def _ask(self, question: _Question) -> None:
        shared = self._shared
        error = await self._error_of(question)
        now = shared.clock.now()
        after = await shared.database.write(lambda tx: self._record(tx, question.callback, error, now))
        if error is not None:
            key = question.callback.key
            blocked = after is not None and after.standing.validation is Validation.BLOCKED
            shared.log.warning("challenge failed", organization=key.organization, error=error, blocked=blocked)
        shared.wake()

    async def _error_of(self, question: _Question) -> str | None:
        """What was wrong with the answer to a challenge, or None."""
        if isinstance(question.secret, SealingError):
            return str(question.secret)
        code = str(uuid.UUID(bytes=self._shared.random(16), version=4))
        # The application's number tells a receiver with many customers whose secret to answer with.
        query = urlencode({"challengeCode": code, "applicationId": question.application.number})
        url = question.callback.url
        told = await self._shared.outgoing.call(
            "GET", f"{url}{'&' if '?' in url else '?'}{query}", {}, None, CHALLENGE_DEADLINE_S, read=True
        )
        return challenge_fault(told, question.secret, code)

    def _record(self, tx: Transaction, asked: Callback, error: str | None, now: Millis) -> Callback | None:
        callbacks = self._shared.stores.callbacks
        callback = callbacks.find(tx, asked.key)
        if callback is None or callback.url != asked.url:
            return None  # registered anew meanwhile: that one is challenged itself
        after = replace(
            callback,
            standing=standing_after(callback.standing, error is None, now),
            next_validation_at=Millis(now + REVALIDATED_AFTER_MS),
            challenge_error=error,
        )
        callbacks.save(tx, after)
        return after

    def _put_off(self, tx: Transaction, unasked: list[Callback], now: Millis) -> None:
        callbacks = self._shared.stores.callbacks
        for each in unasked:
            callback = callbacks.find(tx, each.key)
            if callback is not None and callback.url == each.url:
                callbacks.save(tx, replace(callback, next_validation_at=Millis(now + REVALIDATED_AFTER_MS)))


def challenge_fault(told: Told, secret: str, code: str) -> str | None:
    """What keeps an answer from passing the challenge (webhook validation), or None."""
    failed = "This URL did not pass the security challenge check"
    if told.status is None:
        return f"{failed}: {told.error}"
    if told.status != 200:
        return f"{failed}: expected status 200, got {told.status}"
    if told.content_type.partition(";")[0].strip().lower() != "application/json":
        return f"{failed}: expected content-type application/json, got {told.content_type[:60]!r}"
    if not is_challenge_answer(secret, code, told.body):
        return f"{failed}: the response is not the HMAC of the challenge code under the application's secret"
    return None
