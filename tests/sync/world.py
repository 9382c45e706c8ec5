"""A small world for the connector's tests: the real platform in process, an outbox, an engine, one clock for all."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from hirewire.catalog.application_notes import APPLICATION_NOTES, Actor, ApplicationNote, ApplicationNoteKey
from hirewire.catalog.call import Key
from hirewire.catalog.generations import Dialect, Generation
from hirewire.catalog.model import Limits
from hirewire.client.async_client import AsyncClient
from hirewire.client.effects import NoAnswer, Received
from hirewire.db import Database, Transaction
from hirewire.plan.answers import Patience
from hirewire.plan.entity import State
from hirewire.platform.administration import Administration, Provision
from hirewire.platform.app import Platform, create_app
from hirewire.platform.control import notes_range
from hirewire.platform.settings import LimitSettings, PlatformSettings
from hirewire.runtime.clock import Clock, ManualClock
from hirewire.runtime.logs import Log, make_log
from hirewire.sync import Added, Change, outbox
from hirewire.sync.changes import write
from hirewire.sync.engine import Engine, Pulse
from hirewire.sync.kinds import KINDS
from hirewire.sync.lanes import Lane, LeaseTerms
from hirewire.sync.route import Route
from hirewire.sync.store import Store
from hirewire.values.time import Millis
from hirewire.wire.http import Headers, HttpRequest, HttpResponse
from hirewire.wire.protocol import Protocol

ORGANIZATION = "urn:li:organization:77"
CLIENT_ID, CLIENT_SECRET = "app-77", "secret-of-77-long-enough"
NOON = Millis(1_780_315_200_000)
"""2026-06-01T12:00:00Z."""

KIND = KINDS[APPLICATION_NOTES.name]
BODY_MAX = 64_000


class Silence:
    """Swallows what is logged."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass


def quiet_log(clock: Clock) -> Log:
    return make_log(clock, stream=Silence())  # type: ignore[arg-type]  # all that a log needs of a stream


class InProcess:
    """A transport that calls an ASGI application; ``before`` and ``after`` may lose, spoil or answer instead."""

    def __init__(self, app: Platform) -> None:
        self.app = app
        self.statuses: Counter[int] = Counter()
        self.requests: list[HttpRequest] = []
        self.before: Callable[[HttpRequest], Received | None] = lambda request: None
        self.after: Callable[[HttpRequest, HttpResponse], Received] = lambda request, response: response

    async def send(self, origin: str, request: HttpRequest, timeout_s: float) -> Received:
        is_api = not request.target.startswith("/oauth")
        if is_api:
            self.requests.append(request)
            instead = self.before(request)
            if instead is not None:
                return instead
        response = await self._call(request)
        if not is_api:
            return response
        self.statuses[response.status] += 1
        return self.after(request, response)

    async def _call(self, request: HttpRequest) -> HttpResponse:
        path, _, query = request.target.partition("?")
        scope = {
            "type": "http",
            "method": request.verb,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in request.headers]
            + [(b"host", b"platform"), (b"content-length", str(len(request.body)).encode())],
            "client": ("127.0.0.1", 1),
            "scheme": "http",
        }
        sent: list[dict] = []

        async def receive() -> dict:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: dict) -> None:
            sent.append(message)

        await self.app(scope, receive, send)  # type: ignore[arg-type]  # plain dicts are what servers pass
        start = next(message for message in sent if message["type"] == "http.response.start")
        body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
        lines = [(name.decode(), value.decode("latin-1")) for name, value in start["headers"]]
        return HttpResponse(start["status"], Headers(lines), body)

    async def close(self) -> None:
        pass


def key(number: int, application: int = 1) -> ApplicationNoteKey:
    return ApplicationNoteKey(ORGANIZATION, f"app-{application}", f"note-{number}")


def note(text: str, modified: int, created: int = NOON - 10_000) -> ApplicationNote:
    return ApplicationNote(
        note=text, author=Actor(first_name="Ada", last_name="Byron"), created_at=created, last_modified_at=modified
    )


@dataclass
class World:
    """The ATS side is ``ats``, a plain mapping; ``commit`` changes it and the outbox in one breath."""

    database: Database
    platform: Platform
    clock: ManualClock
    transport: InProcess
    client: AsyncClient
    engine: Engine
    lane: Lane
    route: Route
    store: Store
    ats: dict[Key, ApplicationNote] = field(default_factory=dict)

    def commit(self, *changes: Change) -> Counter[Added]:
        for change in changes:
            if change.entity is None:
                self.ats.pop(change.key, None)
            else:
                self.ats[change.key] = change.entity  # type: ignore[assignment]  # notes only here
        return self.database.write_now(
            lambda tx: outbox.record(tx, [write(change) for change in changes], self.clock.now())
        )

    async def drain(self, *, steps: int = 10_000, idle: int = 2) -> int:
        """Step until nothing is due for a while; how many steps that took."""
        quiet = 0
        for taken in range(steps):
            now = self.clock.now()
            wake = await self.engine.step(now)
            self.clock.advance(max(0, wake - self.clock.now()) / 1000)
            quiet = quiet + 1 if wake - now == self.route.poll_ms else 0
            if quiet >= idle:
                return taken
        raise AssertionError(f"not drained within {steps} steps")

    async def settled(self, *, steps: int = 5_000) -> None:
        """Step until nothing waits any more: everything is on the platform, or parked."""
        for _ in range(steps):
            waiting = self.database.read_now(self.store.count_waiting)
            if all(state is State.PARKED for _, _, state, *_ in waiting):
                return
            wake = await self.engine.step(self.clock.now())
            self.clock.advance(max(0, wake - self.clock.now()) / 1000)
        raise AssertionError(f"not settled within {steps} steps: {waiting}")

    def held(self) -> dict[Key, ApplicationNote]:
        """What the platform holds."""
        stores = self.platform.stores

        def read(tx: Transaction) -> dict[Key, ApplicationNote]:
            wanted = notes_range(ORGANIZATION, None)
            return {
                tuple(record.key): msgspec.json.decode(record.body, type=ApplicationNote)
                for record in stores.records.each(tx, wanted)
            }

        return self.platform.database.read_now(read)

    def standings(self) -> dict[Key, str]:
        """State of each entity of the outbox."""
        return {KIND.key(row.key): row.standing.state.value for row in self.rows()}

    def rows(self):
        def read(tx: Transaction):
            return [
                row for number in range(400) for row in self.store.seek_entities(tx, f"note-{number}", None, None, 9)
            ]

        return self.database.read_now(read)


def start_platform(database: Database, clock: Clock, limits: Limits | None = None, **settings: Any) -> Platform:
    limit_settings = {}
    if limits is not None:
        limit_settings = {
            APPLICATION_NOTES.name: LimitSettings(
                requests_per_day=limits.requests_per_day, records_per_minute=limits.records_per_minute
            )
        }
    made = PlatformSettings(secret_cost=4, limits=limit_settings, **settings)
    platform = create_app(made, database, clock, log=quiet_log(clock))
    wish = Provision(organization="77", client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    administration = Administration(database, platform.stores, _bytes, secret_cost=4)
    administration.provision(wish, clock.now())
    return platform


def _bytes(count: int) -> bytes:
    return hashlib.sha256(str(count).encode()).digest()[:count].ljust(count, b"x")


def route(
    *,
    limits: Limits = APPLICATION_NOTES.limits,
    generation: Generation = Generation.REST,
    patience: Patience | None = None,
    **others: int,
) -> Route:
    version = "202603" if generation.is_dated else None
    return Route(
        application=CLIENT_ID,
        tenant=ORGANIZATION,
        kind=KIND,
        dialect=Dialect(generation, Protocol.V2, version),
        limits=limits,
        patience=patience or Patience(),
        **others,
    )


async def open_world(
    database: Database,
    platform_database: Database,
    *,
    start: Millis = NOON,
    limits: Limits = APPLICATION_NOTES.limits,
    generation: Generation = Generation.REST,
    clock: ManualClock | None = None,
    patience: Patience | None = None,
    platform_limits: Limits | None = None,
    **settings: Any,
) -> World:
    clock = clock or ManualClock(start, auto_advance=True)
    platform = start_platform(platform_database, clock, platform_limits or limits, **settings)
    transport = InProcess(platform)
    outbox.prepare(database)
    store = Store(database.dialect)
    made = route(limits=limits, generation=generation, patience=patience)
    client = AsyncClient(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        base_url="http://platform",
        generation=generation,
        version="202603",
        protocol="2.0.0",
        retries=0,
        transport=transport,
        clock=clock,
        dice=random.Random(7),
    )
    lane = await Lane.acquire(database, store, CLIENT_ID, LeaseTerms("test", 60_000, clock))
    engine = Engine(
        made,
        database=database,
        store=store,
        lane=lane,
        ask=client.call,
        clock=clock,
        draw=random.Random(7).random,
        pulse=Pulse(),
        log=quiet_log(clock),
    )
    return World(database, platform, clock, transport, client, engine, lane, made, store)


def lose(was_sent: bool = True) -> NoAnswer:
    return NoAnswer("lost in the test", was_sent=was_sent)


def changes(count: int, *, modified: int = NOON - 5_000, application: int = 1) -> Iterable[Change]:
    return [Change.upsert(key(number, application), note(f"text {number}", modified)) for number in range(count)]
