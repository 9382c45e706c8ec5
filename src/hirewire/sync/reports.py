"""Where everything stands, for people: status, the story of one record, what is parked. Values; the CLI prints them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hirewire.db import Database, Transaction
from hirewire.plan.entity import Op, State, Urgency, reopen
from hirewire.plan.quota import day_begins
from hirewire.sync.files import format_record
from hirewire.sync.kinds import KINDS
from hirewire.sync.settings import ConnectorSettings, organization_urn
from hirewire.sync.store import Hold, Move, Row, Store, Tale
from hirewire.values.time import DAY_MS, Millis, next_midnight, to_iso, utc_day

REASONS_MAX = 50
ALARMS_MAX = 20
STORIES_MAX = 20
TALES_MAX = 1_000
_PAGE = 500


# ---------------------------------------------------------------- status


@dataclass(frozen=True, slots=True)
class Waiting:
    """The records of one class that wait. ``oldest_at``: since when the oldest; None when there is none."""

    count: int = 0
    oldest_at: Millis | None = None


@dataclass(frozen=True, slots=True)
class ParkedReason:
    """How many records are parked for one reason."""

    organization: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class CustomerStatus:
    """One customer. ``held_back`` of the waiting records wait for a moment of their own: a retry, a quarantine, a
    timestamp that is still to come. ``hold`` is what keeps all of them waiting, if anything does. ``lag_ms`` is how long
    the oldest live change has been waiting. ``is_configured``: whether the settings name it."""

    organization: str
    kind: str
    live: Waiting
    backfill: Waiting
    in_flight: int
    held_back: int
    parked: int
    hold: Hold | None
    lag_ms: int
    is_configured: bool


@dataclass(frozen=True, slots=True)
class ApplicationStatus:
    """One application of the platform and one resource: its budget, and who serves it.

    ``requests_today`` counts what was reserved, ``records_taken_today`` what the platform confirmed.
    """

    application: str
    kind: str
    requests_limit: int
    requests_today: int
    requests_left: int
    resets_at: Millis
    usable_again_at: Millis
    throttles_today: int
    throttled_until: Millis | None
    records_limit_minute: int | None
    records_sent_today: int
    records_taken_today: int
    last_answer_at: Millis | None
    served_by: str | None
    lease_until: Millis | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """An answer that broke the protocol."""

    batch: int
    at: Millis
    organization: str
    what: str


@dataclass(frozen=True, slots=True)
class Status:
    """Everything at one moment."""

    now: Millis
    customers: tuple[CustomerStatus, ...]
    applications: tuple[ApplicationStatus, ...]
    parked: tuple[ParkedReason, ...]
    alarms: tuple[Alarm, ...]

    @property
    def backlog(self) -> int:
        """How many records are not on the platform yet and can be."""
        return sum(each.live.count + each.backfill.count + each.in_flight for each in self.customers)


def read_status(database: Database, settings: ConnectorSettings, now: Millis) -> Status:
    """Where everything stands."""
    store = Store(database.dialect)

    def read(tx: Transaction) -> Status:
        return Status(
            now,
            _customers(tx, store, settings, now),
            tuple(
                _application(tx, store, settings, application, kind, now)
                for application in settings.applications()
                for kind in KINDS
            ),
            tuple(
                ParkedReason(tenant, reason, count) for tenant, _, reason, count in store.count_parked(tx, REASONS_MAX)
            ),
            tuple(Alarm(*row) for row in store.recent_alarms(tx, Millis(now - DAY_MS), ALARMS_MAX)),
        )

    return database.read_now(read)


def _customers(tx: Transaction, store: Store, settings: ConnectorSettings, now: Millis) -> tuple[CustomerStatus, ...]:
    configured = [(customer.organization, kind) for customer in settings.customers for kind in KINDS]
    counts: dict[tuple[str, str], dict[tuple[State, Urgency], Waiting]] = {each: {} for each in configured}
    for tenant, kind, state, urgency, count, oldest in store.count_waiting(tx):
        counts.setdefault((tenant, kind), {})[state, urgency] = Waiting(count, oldest)
    held_back, holds = store.count_held_back(tx, now), store.all_holds(tx)
    return tuple(
        _customer(each, found, held_back.get(each, 0), holds.get(each), now, is_configured=each in configured)
        for each, found in counts.items()
    )


def _customer(
    who: tuple[str, str],
    found: dict[tuple[State, Urgency], Waiting],
    held_back: int,
    hold: Hold | None,
    now: Millis,
    *,
    is_configured: bool,
) -> CustomerStatus:
    live = found.get((State.DIRTY, Urgency.LIVE), Waiting())
    flying = found.get((State.INFLIGHT, Urgency.LIVE), Waiting())
    since = min((each.oldest_at for each in (live, flying) if each.oldest_at is not None), default=now)
    return CustomerStatus(
        organization=who[0],
        kind=who[1],
        live=live,
        backfill=found.get((State.DIRTY, Urgency.BACKFILL), Waiting()),
        in_flight=_total(found, State.INFLIGHT),
        held_back=held_back,
        parked=_total(found, State.PARKED),
        hold=hold,
        lag_ms=max(0, now - since),
        is_configured=is_configured,
    )


def _total(found: dict[tuple[State, Urgency], Waiting], state: State) -> int:
    return sum(waiting.count for (each, _), waiting in found.items() if each is state)


def _application(
    tx: Transaction, store: Store, settings: ConnectorSettings, application: str, kind: str, now: Millis
) -> ApplicationStatus:
    limits = settings.limits_of(KINDS[kind])
    days = store.day_budgets(tx, application, kind, (utc_day(now),))
    used = days[0].used if days else 0
    throttled = days[0].throttled_until if days else Millis(0)
    _, sent, taken, last = store.day_totals(tx, application, Millis(utc_day(now) * DAY_MS))
    # The settings' clock of leases is the database's; this one is only compared with that lease's end.
    lane = store.show_lane(tx, application, None)
    is_served = lane is not None and lane.lease_until > lane.now
    return ApplicationStatus(
        application=application,
        kind=kind,
        requests_limit=limits.requests_per_day,
        requests_today=used,
        requests_left=max(0, limits.requests_per_day - used),
        resets_at=next_midnight(now),
        usable_again_at=day_begins(now),
        throttles_today=days[0].throttles if days else 0,
        throttled_until=throttled if throttled > now else None,
        records_limit_minute=limits.records_per_minute,
        records_sent_today=sent,
        records_taken_today=taken,
        last_answer_at=last or None,
        served_by=lane.owner if lane and is_served else None,
        lease_until=lane.lease_until if lane and is_served else None,
    )


# ---------------------------------------------------------------- the story of one record


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a record. ``batch`` and what follows it speak of the request it was in, if any."""

    at: Millis
    what: str
    version: int
    detail: str | None = None
    batch: int | None = None
    sent_at: Millis | None = None
    answered_at: Millis | None = None
    records: int | None = None
    status: int | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """Everything known of one record, oldest first. ``standing`` says in a sentence where it stands now."""

    organization: str
    kind: str
    application_id: str
    note_id: str
    state: State
    op: Op
    version: int
    modified_at: Millis
    confirmed_version: int
    standing: str
    events: tuple[Event, ...]


def explain(database: Database, text: str, now: Millis) -> list[Story]:
    """The stories of the records a person may mean: a note's id, APPLICATION/NOTE, or ORGANIZATION/APPLICATION/NOTE.

    Ids may hold slashes, so every way to read the text is tried; nothing found is an empty list.
    """
    store = Store(database.dialect)

    def read(tx: Transaction) -> list[Story]:
        rows = {row.id: row for meant in _meanings(text) for row in store.seek_entities(tx, *meant, STORIES_MAX)}
        return [_story(tx, store, row, now) for row in rows.values()]

    return database.read_now(read)


def _meanings(text: str) -> Iterator[tuple[str, str | None, str | None]]:
    """Record, parent, tenant: every way to cut the text at its slashes."""
    yield text, None, None
    pieces = text.split("/")
    for last in range(1, len(pieces)):
        record = "/".join(pieces[last:])
        yield record, "/".join(pieces[:last]), None
        try:
            tenant = organization_urn(pieces[0])
        except ValueError:
            continue
        if last > 1:
            yield record, "/".join(pieces[1:last]), tenant


def _story(tx: Transaction, store: Store, row: Row, now: Millis) -> Story:
    told = [_event(*each) for each in store.read_story(tx, row.id, TALES_MAX)]
    standing = row.standing
    return Story(
        organization=row.key.tenant,
        kind=row.key.kind,
        application_id=row.key.parent,
        note_id=row.key.record,
        state=standing.state,
        op=standing.op,
        version=standing.seq,
        modified_at=standing.src_modified,
        confirmed_version=standing.acked_seq,
        standing=_sentence(row, now),
        events=(Event(row.created_at, "queued", 1), *told),
    )


def _event(
    at: Millis,
    what: str,
    version: int,
    detail: str | None,
    batch: int | None,
    sent_at: Millis | None,
    answered_at: Millis | None,
    records: int | None,
    status: int | None,
    request_id: str | None,
) -> Event:
    return Event(at, what, version, detail, batch, sent_at, answered_at, records, status, request_id)


def _sentence(row: Row, now: Millis) -> str:
    standing = row.standing
    what = "its deletion" if standing.op is Op.DELETE else f"version {standing.seq}"
    match standing.state:
        case State.CLEAN:
            return f"the platform has {what}"
        case State.INFLIGHT:
            newer = f"; {what} waits behind it" if standing.is_newer_waiting else ""
            return f"version {standing.sent_seq} is on its way{newer}"
        case State.PARKED:
            return f"parked, {what} will not be sent: {standing.reason}"
        case State.DIRTY:
            because = f": {standing.reason}" if standing.reason else ""
            if standing.next_at > now:
                return f"{what} waits until {to_iso(standing.next_at)}{because}"
            return f"{what} waits to be sent{because}"


# ---------------------------------------------------------------- parked records


@dataclass(frozen=True, slots=True)
class ParkedFilter:
    """Which parked records; None: any."""

    organization: str | None = None
    reason: str | None = None
    note_id: str | None = None

    def fits(self, row: Row) -> bool:
        """Whether a parked record is meant; a reason is meant by any part of it."""
        is_reason = self.reason is None or self.reason in (row.standing.reason or "")
        return is_reason and (self.note_id is None or self.note_id == row.key.record)


ALL_PARKED = ParkedFilter()


def read_parked(database: Database, wanted: ParkedFilter = ALL_PARKED) -> Iterator[tuple[Row, bytes | None]]:
    """Every parked record with its content; memory does not grow with their number."""
    store, after = Store(database.dialect), 0
    while page := database.read_now(lambda tx: store.parked_page(tx, wanted.organization, after, _PAGE)):  # noqa: B023 - used at once
        yield from ((row, body) for row, body in page if wanted.fits(row))
        after = page[-1][0].id


def export_parked(database: Database, wanted: ParkedFilter = ALL_PARKED) -> Iterator[str]:
    """The parked records as lines of NDJSON in the format `push` reads: mend them, and push them again."""
    for row, body in read_parked(database, wanted):
        yield format_record(row, body)


def retry_parked(database: Database, now: Millis, wanted: ParkedFilter = ALL_PARKED) -> int:
    """Try parked records once more as they are; how many."""
    store, count = Store(database.dialect), 0
    ids: list[int] = []
    for row, _ in read_parked(database, wanted):
        ids.append(row.id)
        if len(ids) == _PAGE:
            count += _reopen(database, store, ids, now)
            ids = []
    return count + _reopen(database, store, ids, now)


def _reopen(database: Database, store: Store, ids: Sequence[int], now: Millis) -> int:
    def unit(tx: Transaction) -> int:
        rows = [row for row in store.lock_entities(tx, ids) if row.standing.state is State.PARKED]
        moved = store.move_entities(tx, [Move(row, reopen(row.standing), is_fenced=False) for row in rows])
        store.tell_story(tx, [Tale(row.id, now, "retried", row.standing.seq) for row in rows if row.id in moved])
        return len(moved)

    return database.write_now(unit)
