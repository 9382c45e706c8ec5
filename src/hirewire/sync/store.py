"""The connector's tables as verbs: each runs statements of its name, and decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from hirewire.db import Dialect, Statements, Transaction
from hirewire.plan.entity import Op, Standing, State, Urgency
from hirewire.plan.quota import WINDOW_MS
from hirewire.plan.selection import Due
from hirewire.sync.kinds import RowKey
from hirewire.values.time import Millis

QUERIES = "hirewire.sync.queries"


@dataclass(frozen=True, slots=True)
class Row:
    """One entity as its table has it."""

    id: int
    key: RowKey
    created_at: Millis
    standing: Standing


@dataclass(frozen=True, slots=True)
class Move:
    """An entity, and what it becomes. A decision ``is_fenced``: it takes effect only under the lane's epoch."""

    row: Row
    standing: Standing
    is_fenced: bool = True


class Fence(NamedTuple):
    """Under which epoch of which application's lane something is decided."""

    application: str
    epoch: int


NO_FENCE = Fence("", 0)


class Tale(NamedTuple):
    """One line of an entity's story."""

    entity: int
    at: Millis
    event: str
    seq: int
    batch_id: int | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """Who serves an application. ``lease_until`` and ``now`` are of one clock, the one of leases."""

    owner: str
    epoch: int
    lease_until: Millis
    now: Millis


@dataclass(frozen=True, slots=True)
class SentBatch:
    """A batch whose end nobody has recorded."""

    id: int
    kind: str
    records: int
    deadline_at: Millis


@dataclass(frozen=True, slots=True)
class DayUse:
    """One UTC day of one application and resource."""

    utc_day: int
    used: int
    throttles: int
    throttled_until: Millis


@dataclass(frozen=True, slots=True)
class Hold:
    """A customer's requests fail as a whole."""

    until_at: Millis
    since_at: Millis
    failures: int
    reason: str


class Store:
    """The verbs, in one dialect. Every verb takes the transaction it works in."""

    def __init__(self, dialect: Dialect) -> None:
        self._queries = Statements.load(QUERIES, dialect)

    # ------------------------------------------------------------ entities

    def add_entities(self, tx: Transaction, news: Sequence[tuple[RowKey, Standing]], now: Millis) -> dict[RowKey, int]:
        """Insert those that nobody has heard of; their ids."""
        rows = [
            (
                *key,
                standing.seq,
                standing.src_modified,
                standing.op.value,
                standing.digest,
                standing.state.value,
                int(standing.urgency),
                standing.first_dirty_at,
                standing.next_at,
                standing.reason,
            )
            for key, standing in sorted(news, key=lambda new: new[0])
        ]
        found = tx.execute_rows(self._queries["add_entities"], rows, {"now": now})
        return {RowKey(tenant, kind, record, parent): id for id, tenant, kind, record, parent in found}

    def find_entities(self, tx: Transaction, keys: Iterable[RowKey]) -> dict[RowKey, Row]:
        """The entities of these keys, locked."""
        found = tx.execute_rows(self._queries["find_entities"], sorted(keys))
        return {row.key: row for row in map(_row, found)}

    def lock_entities(self, tx: Transaction, ids: Sequence[int]) -> list[Row]:
        """Those of these entities that no other transaction has locked, now locked by this one."""
        return [_row(each) for each in tx.execute_rows(self._queries["lock_entities"], [(id,) for id in sorted(ids)])]

    def see_entities(self, tx: Transaction, ids: Sequence[int]) -> dict[int, tuple[Row, bytes | None]]:
        """These entities with the content to send, not locked."""
        found = tx.execute_rows(self._queries["see_entities"], [(id,) for id in ids])
        return {each[0]: (_row(each[:-1]), _bytes(each[-1])) for each in found}

    def move_entities(self, tx: Transaction, moves: Sequence[Move], fence: Fence = NO_FENCE) -> set[int]:
        """Make the entities what was decided; the ids of those that still stood where the decision found them."""
        rows = [
            (
                move.row.id,
                move.row.standing.seq,
                move.row.standing.state.value,
                move.row.standing.batch_id or 0,
                move.is_fenced,
                *msgspec.structs.astuple(move.standing),
            )
            for move in moves
        ]
        return {id for (id,) in tx.execute_rows(self._queries["move_entities"], rows, fence._asdict())}

    def put_payloads(self, tx: Transaction, payloads: Sequence[tuple[int, int, bytes]]) -> None:
        """The content of the newest versions: entity, seq, body."""
        tx.execute_rows(self._queries["put_payloads"], payloads)

    def drop_payloads(self, tx: Transaction, ids: Sequence[int]) -> None:
        """Forget the content of what needs no sending."""
        tx.execute_rows(self._queries["drop_payloads"], [(id,) for id in ids])

    def due_entities(
        self, tx: Transaction, *, tenant: str, kind: str, urgency: Urgency, first: int, last: int, limit: int
    ) -> list[tuple[int, Op, str, int | None]]:
        """What is to be sent at a moment from ``first`` to ``last``, longest wait first: id, op, parent, chunk."""
        params = {
            "tenant": tenant,
            "kind": kind,
            "urgency": int(urgency),
            "first": first,
            "last": last,
            "limit": limit,
        }
        return [(id, Op(op), parent, chunk) for id, op, parent, chunk in tx.rows(self._queries["due_entities"], params)]

    def batch_entities(self, tx: Transaction, batch: int, limit: int) -> list[Row]:
        """What a batch still holds, locked, as far as nobody else has it locked."""
        return [_row(each) for each in tx.rows(self._queries["batch_entities"], {"batch": batch, "limit": limit})]

    def count_in_batch(self, tx: Transaction, batch: int) -> int:
        """How many entities a batch still holds."""
        return int(_only(tx.one(self._queries["count_in_batch"], {"batch": batch}))[0])

    # ------------------------------------------------------------ lanes

    def acquire_lane(
        self, tx: Transaction, application: str, owner: str, lease_ms: int, now: Millis | None
    ) -> int | None:
        """The new epoch, or None while somebody else's lease lasts. ``now`` None: by the database's clock."""
        params = {"application": application, "owner": owner, "lease_ms": lease_ms, "now": now}
        row = tx.one(self._queries["acquire_lane"], params)
        return row[0] if row else None

    def renew_lane(self, tx: Transaction, fence: Fence, lease_ms: int, now: Millis | None) -> bool:
        """Whether the lane is still ours; if so, for another lease."""
        return bool(tx.execute(self._queries["renew_lane"], {**fence._asdict(), "lease_ms": lease_ms, "now": now}))

    def release_lane(self, tx: Transaction, fence: Fence) -> None:
        """Give the lane back."""
        tx.execute(self._queries["release_lane"], fence._asdict())

    def show_lane(self, tx: Transaction, application: str, now: Millis | None) -> Lane | None:
        """Who serves the application; None: nobody ever did."""
        row = tx.one(self._queries["show_lane"], {"application": application, "now": now})
        return Lane(*row) if row else None

    # ------------------------------------------------------------ batches

    def open_batch(
        self,
        tx: Transaction,
        fence: Fence,
        *,
        tenant: str,
        kind: str,
        op: Op,
        records: int,
        now: Millis,
        deadline_at: Millis,
    ) -> int:
        """A batch that is about to leave; its id."""
        params = {
            **fence._asdict(),
            "tenant": tenant,
            "kind": kind,
            "op": op.value,
            "records": records,
            "now": now,
            "deadline_at": deadline_at,
        }
        (id,) = _only(tx.one(self._queries["open_batch"], params))
        return int(id)

    def close_batch(
        self,
        tx: Transaction,
        batch: int,
        *,
        is_known: bool,
        now: Millis,
        taken: int = 0,
        status: int | None = None,
        request_id: str | None = None,
        detail: str | None = None,
        alarm: str | None = None,
    ) -> bool:
        """Record how a batch ended; False: somebody did already."""
        params = {
            "batch": batch,
            "state": "done" if is_known else "unknown",
            "now": now,
            "taken": taken,
            "status": status,
            "request_id": request_id,
            "detail": detail,
            "alarm": alarm,
        }
        return bool(tx.execute(self._queries["close_batch"], params))

    def sent_batches(self, tx: Transaction, application: str) -> list[SentBatch]:
        """The batches of an application whose end nobody has recorded."""
        return [SentBatch(*row) for row in tx.rows(self._queries["sent_batches"], {"application": application})]

    def flying_records(self, tx: Transaction, application: str, kind: str) -> int:
        """The records whose answers are still out."""
        (count,) = _only(tx.one(self._queries["flying_records"], {"application": application, "kind": kind}))
        return int(count)

    # ------------------------------------------------------------ budgets

    def reserve_day(self, tx: Transaction, application: str, kind: str, day: int, limit: int) -> bool:
        """Take one request out of a day's budget, if one is left."""
        params = {"application": application, "kind": kind, "day": day, "limit": limit}
        return tx.one(self._queries["reserve_day"], params) is not None

    def day_budgets(self, tx: Transaction, application: str, kind: str, days: Sequence[int]) -> list[DayUse]:
        """What is known of these days; a day without a row is untouched."""
        params = {"application": application, "kind": kind, "first_day": min(days), "last_day": max(days)}
        return [DayUse(*row) for row in tx.rows(self._queries["day_budgets"], params)]

    def throttle_day(self, tx: Transaction, application: str, kind: str, day: int, until: Millis) -> None:
        """The platform answered 429."""
        params = {"application": application, "kind": kind, "day": day, "until": until}
        tx.execute(self._queries["throttle_day"], params)

    def unthrottle_day(self, tx: Transaction, application: str, kind: str, days: Sequence[int]) -> None:
        """The platform answers again."""
        params = {"application": application, "kind": kind, "first_day": min(days), "last_day": max(days)}
        tx.execute(self._queries["unthrottle_day"], params)

    def count_minute(self, tx: Transaction, application: str, kind: str, slot: Millis, records: int) -> None:
        """Records that may have arrived up to the end of this slot."""
        params = {"application": application, "kind": kind, "slot": slot, "records": records}
        tx.execute(self._queries["count_minute"], params)

    def minute_slots(self, tx: Transaction, application: str, kind: str, now: Millis) -> tuple[tuple[Millis, int], ...]:
        """The records that still count."""
        params = {"application": application, "kind": kind, "since": now - WINDOW_MS}
        return tuple((Millis(slot), int(records)) for slot, records in tx.rows(self._queries["minute_slots"], params))

    def prune_minute(self, tx: Transaction, application: str, now: Millis) -> None:
        """Forget the records no window counts any more."""
        tx.execute(self._queries["prune_minute"], {"application": application, "since": now - WINDOW_MS})

    # ------------------------------------------------------------ holds

    def put_hold(self, tx: Transaction, tenant: str, kind: str, *, until: Millis, now: Millis, reason: str) -> None:
        """One more failure of a customer's requests: none is made before ``until``."""
        params = {"tenant": tenant, "kind": kind, "until": until, "now": now, "reason": reason}
        tx.execute(self._queries["put_hold"], params)

    def show_hold(self, tx: Transaction, tenant: str, kind: str) -> Hold | None:
        """What holds a customer up, if anything does."""
        row = tx.one(self._queries["show_hold"], {"tenant": tenant, "kind": kind})
        return Hold(*row) if row else None

    def drop_hold(self, tx: Transaction, tenant: str, kind: str) -> None:
        """Nothing holds the customer up any more."""
        tx.execute(self._queries["drop_hold"], {"tenant": tenant, "kind": kind})

    def drop_holds(self, tx: Transaction, tenant: str) -> None:
        """A new start of whoever serves the customer."""
        tx.execute(self._queries["drop_holds"], {"tenant": tenant})

    # ------------------------------------------------------------ stories, and people

    def tell_story(self, tx: Transaction, tales: Sequence[Tale]) -> None:
        """Add to the stories of entities."""
        tx.execute_rows(self._queries["tell_story"], tales)

    def read_story(self, tx: Transaction, entity: int, limit: int) -> list[tuple[Any, ...]]:
        """The story of one entity in order: at, event, seq, detail, and the batch it was in, if any: id, sent_at,
        answered_at, records, status, request_id."""
        return tx.rows(self._queries["read_story"], {"entity": entity, "limit": limit})

    def seek_entities(
        self, tx: Transaction, record: str, parent: str | None, tenant: str | None, limit: int
    ) -> list[Row]:
        """The entities a person may mean."""
        params = {"record": record, "parent": parent, "tenant": tenant, "limit": limit}
        return [_row(each) for each in tx.rows(self._queries["seek_entities"], params)]

    def count_waiting(self, tx: Transaction) -> list[tuple[str, str, State, Urgency, int, Millis]]:
        """What is not on the platform: tenant, kind, state, urgency, how many, since when the oldest."""
        return [
            (tenant, kind, State(state), Urgency(urgency), count, oldest)
            for tenant, kind, state, urgency, count, oldest in tx.rows(self._queries["count_waiting"])
        ]

    def count_held_back(self, tx: Transaction, now: Millis) -> dict[tuple[str, str], int]:
        """How many of the waiting ones wait for a moment of their own, by tenant and kind."""
        return {
            (tenant, kind): count for tenant, kind, count in tx.rows(self._queries["count_held_back"], {"now": now})
        }

    def count_parked(self, tx: Transaction, limit: int) -> list[tuple[str, str, str, int]]:
        """What is parked: tenant, kind, reason, how many; the most frequent reasons first."""
        return [
            (tenant, kind, reason or "", count)
            for tenant, kind, reason, count in tx.rows(self._queries["count_parked"], {"limit": limit})
        ]

    def parked_page(
        self, tx: Transaction, tenant: str | None, after: int, limit: int
    ) -> list[tuple[Row, bytes | None]]:
        """Parked entities with an id greater than ``after``, with their content."""
        params = {"tenant": tenant, "after": after, "limit": limit}
        return [(_row(each[:-1]), _bytes(each[-1])) for each in tx.rows(self._queries["parked_page"], params)]

    def day_totals(self, tx: Transaction, application: str, since: Millis) -> tuple[int, int, int, Millis]:
        """Since a moment: requests, records, records taken, when the last answer came (0: none)."""
        requests, records, taken, last = _only(
            tx.one(self._queries["day_totals"], {"application": application, "since": since})
        )
        return int(requests), int(records), int(taken), Millis(last)

    def recent_alarms(self, tx: Transaction, since: Millis, limit: int) -> list[tuple[int, Millis, str, str]]:
        """Answers that broke the protocol: batch, when, tenant, what."""
        found = tx.rows(self._queries["recent_alarms"], {"since": since, "limit": limit})
        return [(batch, at, tenant, alarm) for batch, at, tenant, alarm in found]

    def all_holds(self, tx: Transaction) -> dict[tuple[str, str], Hold]:
        """What holds customers up, by tenant and kind."""
        return {(tenant, kind): Hold(*hold) for tenant, kind, *hold in tx.rows(self._queries["all_holds"])}

    # ------------------------------------------------------------ housekeeping

    def prune(self, tx: Transaction, *, before: Millis, before_day: int, limit: int) -> int:
        """Forget stories and batches older than a moment, at most ``limit`` of each; how many went."""
        params = {"before": before, "limit": limit}
        tx.execute(self._queries["prune_budgets"], {"day": before_day})
        return tx.execute(self._queries["prune_story"], params) + tx.execute(self._queries["prune_batches"], params)


def as_due(found: Iterable[tuple[int, Op, str, int | None]], *, shares_parent: bool) -> list[Due]:
    """Due entities for the choice of the next request; the parent matters only where a request must share it."""
    return [Due(id, op, (parent,) if shares_parent else (), chunk) for id, op, parent, chunk in found]


# Looked up once for each row read: calling the enums costs ten times as much.
_OPS = {each.value: each for each in Op}
_STATES = {each.value: each for each in State}
_URGENCIES = {each.value: each for each in Urgency}


def _row(row: Sequence[Any]) -> Row:
    id, tenant, kind, record, parent, created_at, *values = row
    seq, src_modified, op, digest, state, urgency, first_dirty_at, next_at, acked_seq, acked_digest, *rest = values
    standing = Standing(
        seq,
        src_modified,
        _OPS[op],
        bytes(digest),
        _STATES[state],
        _URGENCIES[urgency],
        first_dirty_at,
        next_at,
        acked_seq,
        _bytes(acked_digest),
        *rest,
    )
    return Row(id, RowKey(tenant, kind, record, parent), Millis(created_at), standing)


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


def _only(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    assert row is not None, "a statement that always returns a row returned none"
    return row
