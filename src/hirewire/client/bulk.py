"""Many records in as many calls as it takes, one after the other; what fails for itself is tried again by itself."""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar, cast

from hirewire.catalog.call import BatchReply, Call, Entity, Key, Outcome, Patch, Refusal, Reply
from hirewire.catalog.codec import check_call
from hirewire.catalog.model import Resource, View
from hirewire.catalog.rules import Reading
from hirewire.client.conversation import converse, encoded
from hirewire.client.effects import Flow
from hirewire.client.errors import ConfigurationError, HirewireError, InvalidRequest
from hirewire.client.exchange import RawResponse
from hirewire.client.patience import Patience
from hirewire.client.results import Answer, BatchResult
from hirewire.client.session import Session
from hirewire.plan.batch import batches
from hirewire.plan.retry import Trouble, trouble_of
from hirewire.wire.methods import Method

K = TypeVar("K", bound=Key)
T = TypeVar("T")
Value: TypeAlias = Entity | Patch | None
Group: TypeAlias = dict[Key, Value]

LOOKAHEAD = 10_000
"""How many changes are taken from an iterable at a time. They are grouped among each other; the rest is not touched."""

_TOO_LARGE = 413


def change_all(
    session: Session,
    resource: Resource,
    method: Method,
    changes: Iterable[tuple[K, Value]],
    *,
    done_statuses: frozenset[int] = frozenset(),
) -> Flow[BatchResult[K]]:
    """Apply one batch method to any number of records, in calls of the size the platform takes.

    A record that is refused is an outcome. A request that fails as a whole ends the work: later requests would most
    likely fail the same way, and the error's ``result`` says what became of every record taken from ``changes``.

    Raises:
        HirewireError: with ``result``.
    """
    view = _view(session, resource, method)
    progress = _Progress(done_statuses)
    patience = Patience.of(session)
    waiting: deque[Group] = deque()
    try:
        for chunk in _chunks(changes, LOOKAHEAD):
            waiting.extend(batches(chunk, view, resource.limits, session.options.max_body_bytes))
            while waiting:
                try:
                    yield from _change(session, Call(resource, method, waiting[0]), patience.renewed(), progress)
                except InvalidRequest as error:
                    if error.status != _TOO_LARGE or len(progress.pending) < 2:
                        raise
                    waiting.extendleft(reversed(_halves(waiting.popleft(), progress.pending)))
                else:
                    waiting.popleft()
    except HirewireError as error:
        error.result = progress.broken_off(waiting, in_doubt=error.may_have_applied)
        raise
    return cast("BatchResult[K]", progress.result())


def _view(session: Session, resource: Resource, method: Method) -> View:
    generation = session.dialect_for(resource).generation
    view = resource.view(generation)
    if view is None or method not in view.methods:
        raise ConfigurationError(f"{resource.name} does not offer {method.value} in {generation.value}")
    return view


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(itertools.islice(iterator, size)):
        yield chunk


# ---------------------------------------------------------------- one group


def _change(session: Session, call: Call, patience: Patience, progress: _Progress) -> Flow[None]:
    """Make one call, and again with the keys for which that helps, until each key has its answer."""
    progress.begin(call.entities)
    if session.options.check_first:
        dialect = session.dialect_for(call.resource)
        progress.refuse(check_call(call, dialect, Reading(now=session.clock.now())))
    while progress.pending:
        pending = replace(call, entities={key: call.entities[key] for key in progress.pending})
        try:
            answer = yield from converse(session, pending, patience)
        except ConfigurationError:
            unsayable = _unsayable(session, pending)
            if not unsayable:
                raise
            progress.refuse(unsayable)
            continue
        progress.take(answer)
        progress.pending = yield from _worth_repeating(session, pending, patience, progress.outcomes)


def _worth_repeating(
    session: Session, call: Call, patience: Patience, outcomes: Mapping[Key, Outcome]
) -> Flow[dict[Key, None]]:
    """The keys to send again, after the pause that takes. A key without an answer counts as a failure in passing."""
    troubles = {key: _trouble(session, call, key, outcomes.get(key)) for key in call.entities}
    counts = Counter(trouble for trouble in troubles.values() if trouble is not None)
    passing: set[Trouble] = set()
    for trouble, count in counts.items():
        throttle = session.ledger.throttle(call.resource, count, session.clock.now())
        stop = yield from patience.wait(trouble, throttle=throttle if trouble is Trouble.THROTTLED else None)
        if stop is None:
            passing.add(trouble)
    return dict.fromkeys(key for key, trouble in troubles.items() if trouble in passing)


def _trouble(session: Session, call: Call, key: Key, outcome: Outcome | None) -> Trouble | None:
    trouble = trouble_of(outcome.status if outcome else None)
    if trouble is Trouble.CONFLICT and _names_version(session, call.resource, call.entities[key]):
        # The platform compares versions and holds a newer one (decision G-16): it will not change its mind.
        return Trouble.FATAL
    return trouble


def _names_version(session: Session, resource: Resource, value: Value) -> bool:
    """Whether a change carries the field that orders versions, in this dialect."""
    view, name = resource.view(session.dialect_for(resource).generation), resource.version_field
    is_sent = view is not None and any(field.name == name for field in view.fields.fields)
    return is_sent and name is not None and getattr(value, name, None) is not None


def _unsayable(session: Session, call: Call) -> dict[Key, Refusal]:
    """The records of a call that no request can carry (half a character, a value of another type), each with its reason."""
    refused: dict[Key, Refusal] = {}
    for key, value in call.entities.items():
        try:
            encoded(replace(call, entities={key: value}), session.dialect_for(call.resource))
        except ConfigurationError as error:
            refused[key] = Refusal(400, "UNSAYABLE", error.message)
    return refused


def _halves(group: Group, pending: Collection[Key]) -> tuple[Group, Group]:
    """Two groups of what is left of one: something on the way took it for too large, though our bound allowed it."""
    left = [(key, value) for key, value in group.items() if key in pending]
    middle = len(left) // 2
    return dict(left[:middle]), dict(left[middle:])


# ---------------------------------------------------------------- what is known so far


@dataclass(slots=True)
class _Progress:
    """What is known so far. Keys of the group in work are in ``pending`` until they need no further request."""

    done_statuses: frozenset[int]
    outcomes: dict[Key, Outcome] = field(default_factory=dict)
    unknown: dict[Key, None] = field(default_factory=dict)
    pending: dict[Key, None] = field(default_factory=dict)
    responses: list[RawResponse] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)

    def begin(self, group: Iterable[Key]) -> None:
        """Turn to the next group. What was known of its keys concerns an earlier change of theirs."""
        self.pending = dict.fromkeys(group)
        self._forget(self.pending)

    def refuse(self, refused: Mapping[Key, Refusal]) -> None:
        """Settle keys that are not sent."""
        for key, refusal in refused.items():
            self.outcomes[key] = Outcome(refusal.status, refusal)
            del self.pending[key]

    def take(self, answer: Answer[Reply]) -> None:
        """Settle what a reply says, and what it does not."""
        reply = answer.reply
        assert isinstance(reply, BatchReply)
        for key in self.pending:
            outcome = reply.outcomes.get(key)
            if outcome is None:
                self._forget([key])
                self.unknown[key] = None
            else:
                self.unknown.pop(key, None)
                self.outcomes[key] = outcome
        self.responses.append(answer.response)
        self.unasked += reply.unasked

    def result(self, not_applied: Iterable[Key] = ()) -> BatchResult[Key]:
        """All of it."""
        return BatchResult(
            self.outcomes,
            unknown=tuple(self.unknown),
            not_applied=tuple(not_applied),
            responses=tuple(self.responses),
            unasked=tuple(self.unasked),
            done_statuses=self.done_statuses,
        )

    def broken_off(self, waiting: Iterable[Group], *, in_doubt: bool) -> BatchResult[Key]:
        """All of it when the work ended early: ``in_doubt`` when the last request may have been applied."""
        current, *later = waiting
        left = [key for key in current if key in self.pending]
        if in_doubt:
            self._forget(left)
            self.unknown |= dict.fromkeys(left)
        not_applied = [key for key in left if key not in self.outcomes and key not in self.unknown]
        not_applied += itertools.chain.from_iterable(later)
        self._forget(not_applied)
        return self.result(dict.fromkeys(not_applied))

    def _forget(self, keys: Iterable[Key]) -> None:
        for key in keys:
            self.outcomes.pop(key, None)
            self.unknown.pop(key, None)
