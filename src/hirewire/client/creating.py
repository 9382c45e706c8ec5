"""Many new entities in as many calls as it takes. Nothing is sent twice: creating twice is not creating once."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hirewire.catalog.call import Call, Created, CreatedMany, Entity, Key, Refusal, Reply
from hirewire.catalog.model import Resource
from hirewire.client.conversation import converse, encoded
from hirewire.client.effects import Flow
from hirewire.client.errors import HirewireError
from hirewire.client.exchange import RawResponse
from hirewire.client.patience import Patience
from hirewire.client.results import Answer, CreateResult, reason_of
from hirewire.client.session import Session
from hirewire.wire.methods import Method


def create_all(session: Session, resource: Resource, entities: Iterable[Entity]) -> Flow[CreateResult[Key]]:
    """Create any number of entities, in calls of the size the platform takes.

    An element that is refused is part of the result. A request that fails as a whole ends the work.

    Raises:
        HirewireError: with ``result``, which says what became of every entity taken from ``entities``.
    """
    progress, patience = _Progress(), Patience.of(session)
    for call in _calls(session, resource, entities):
        positions = progress.begin(len(call.elements))
        try:
            answer = yield from converse(session, call, patience.renewed())
        except HirewireError as error:
            error.result = progress.broken_off(positions, in_doubt=error.may_have_applied)
            raise
        progress.take(positions, answer)
    return progress.result()


def _calls(session: Session, resource: Resource, entities: Iterable[Entity]) -> Iterator[Call]:
    iterator = iter(entities)
    while elements := tuple(itertools.islice(iterator, resource.limits.records_per_batch)):
        yield from _small_enough(session, Call(resource, Method.BATCH_CREATE, elements=elements))


def _small_enough(session: Session, call: Call) -> Iterator[Call]:
    """The call, or parts of it, so that no body is longer than it may be, unless a single element is."""
    size = len(encoded(call, session.dialect_for(call.resource)).body)
    if size <= session.options.max_body_bytes or len(call.elements) == 1:
        yield call
        return
    middle = len(call.elements) // 2
    for elements in (call.elements[:middle], call.elements[middle:]):
        yield from _small_enough(session, Call(call.resource, call.method, elements=elements))


@dataclass(slots=True)
class _Progress:
    """What is known so far, by the position of each entity."""

    count: int = 0
    created: dict[int, Key | None] = field(default_factory=dict)
    failed: dict[int, Refusal] = field(default_factory=dict)
    responses: list[RawResponse] = field(default_factory=list)

    def begin(self, count: int) -> range:
        """The positions of the next entities."""
        self.count += count
        return range(self.count - count, self.count)

    def take(self, positions: range, answer: Answer[Reply]) -> None:
        """What a reply says of the entities at some positions."""
        assert isinstance(answer.reply, CreatedMany)
        for position, element in zip(positions, answer.reply.elements, strict=True):
            if isinstance(element, Created):
                self.created[position] = element.key
            else:
                self.failed[position] = reason_of(element)
        self.responses.append(answer.response)

    def result(self) -> CreateResult[Key]:
        """All of it."""
        return CreateResult(self.created, self.failed, responses=tuple(self.responses))

    def broken_off(self, positions: range, *, in_doubt: bool) -> CreateResult[Key]:
        """All of it when the request for some positions failed: ``in_doubt`` when it may have been applied."""
        left = tuple(positions)
        unknown, not_applied = (left, ()) if in_doubt else ((), left)
        return CreateResult(self.created, self.failed, unknown, not_applied, tuple(self.responses))
