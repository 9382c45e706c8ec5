"""From due entities to one call: read their content, set their times, check the platform's rules, cut to size. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from hirewire.catalog.call import Call, Entity, Key
from hirewire.catalog.codec import check_call
from hirewire.catalog.rules import Reading
from hirewire.plan.answers import Record, describe
from hirewire.plan.batch import batches
from hirewire.plan.entity import Op, wire_time
from hirewire.sync.changes import Change, read
from hirewire.sync.route import Route
from hirewire.sync.store import Row
from hirewire.values.time import Millis
from hirewire.wire.methods import Method

_ANY_FUTURE_MS = 2**62

_METHODS = {Op.UPSERT: Method.BATCH_UPDATE, Op.DELETE: Method.BATCH_DELETE}


@dataclass(frozen=True, slots=True)
class Item:
    """One entity as it will be sent: its row, key, content (None: delete), and the modification time on the wire."""

    row: Row
    key: Key
    entity: Entity | None
    modified: Millis | None = None
    latest: Millis | None = None

    @property
    def record(self) -> Record:
        """What the decision about its answer needs to know."""
        return Record(self.row.standing.op, self.row.standing.attempts, self.latest)


@dataclass(slots=True)
class Cut:
    """What becomes of the chosen entities: sent together, held until a moment, or parked with a reason.

    Those that no longer fit are in none of the three: they are due again next time. ``claimed`` are the items that were
    still the same when the batch was recorded, ``put_aside`` how many were parked or held in fact.
    """

    items: list[Item] = field(default_factory=list)
    held: list[tuple[Row, Millis, str]] = field(default_factory=list)
    refused: list[tuple[Row, str]] = field(default_factory=list)
    claimed: list[Item] = field(default_factory=list)
    put_aside: int = 0

    def call(self, route: Route) -> Call:
        """The call of what was claimed."""
        return _call_of(self.claimed, route)


def _call_of(items: Sequence[Item], route: Route) -> Call:
    method = _METHODS[items[0].row.standing.op]
    return Call(route.kind.resource, method, {item.key: item.entity for item in items})


def cut(chosen: Sequence[tuple[Row, bytes | None]], route: Route, *, now: Millis, platform_now: Millis) -> Cut:
    """Cut one call from entities of one operation, in their order; ``platform_now`` is ``now`` by the platform's clock."""
    done = Cut()
    items = _ripe(_items(chosen, route, done), done, now=now, platform_now=platform_now)
    if not items:
        return done
    faults = check_call(_call_of(items, route), route.dialect, Reading(now=platform_now))
    done.refused += [(item.row, describe(fault.status, fault)) for item in items if (fault := faults.get(item.key))]
    sound = {item.key: item for item in items if item.key not in faults}
    if sound:
        entities = ((key, item.entity) for key, item in sound.items())
        first, *_ = batches(entities, route.view, route.limits, route.body_bytes_max)
        done.items = [sound[key] for key in first]
    return done


def rule_broken(change: Change, route: Route, now: Millis) -> str | None:
    """Why the platform would refuse a change by its documented rules, or None; a moment to come is only waited for."""
    entities = {change.key: change.entity}
    call = Call(route.kind.resource, _METHODS[change.op], entities)
    fault = check_call(call, route.dialect, Reading(now=now, future_tolerance_ms=_ANY_FUTURE_MS)).get(change.key)
    return describe(fault.status, fault) if fault else None


def _items(chosen: Sequence[tuple[Row, bytes | None]], route: Route, done: Cut) -> Iterator[Item]:
    """The entities as they will be sent; those whose content cannot be read are refused."""
    past_fields = route.past_fields
    for row, body in chosen:
        key = route.kind.key(row.key)
        if row.standing.op is Op.DELETE:
            yield Item(row, key, None)
            continue
        try:
            entity = read(body or b"", route.kind.resource.entity_type)
        except msgspec.DecodeError as error:
            done.refused.append((row, f"its content cannot be read: {error}"))
            continue
        entity, modified = _stamped(row, entity, route)
        moments = [moment for name in past_fields if (moment := getattr(entity, name)) is not None]
        yield Item(row, key, entity, modified, max(moments, default=None))


def _ripe(items: Iterable[Item], done: Cut, *, now: Millis, platform_now: Millis) -> list[Item]:
    """Those that name no moment in the future; the others are held until it is past."""
    ripe = []
    for item in items:
        if item.latest is None or item.latest <= platform_now:
            ripe.append(item)
        else:
            until = Millis(item.latest + now - platform_now)
            done.held.append((item.row, until, "it names a moment in the future, and waits for it"))
    return ripe


def _stamped(row: Row, entity: Entity, route: Route) -> tuple[Entity, Millis | None]:
    """The entity with the modification time it carries on the wire."""
    name = route.kind.resource.version_field
    stated = getattr(entity, name) if name else None
    modified = wire_time(row.standing, stated)
    if name is None or modified == stated:
        return entity, modified
    return msgspec.structs.replace(entity, **{name: modified}), modified
