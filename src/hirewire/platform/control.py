"""The control API under ``/control/``: what people and tests may know and change, which the protocol does not offer.

It has a key of its own; without one configured it does not exist. Nothing here speaks Rest.li.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote

import msgspec

from hirewire.catalog.application_notes import APPLICATION_NOTES
from hirewire.catalog.call import Refusal
from hirewire.catalog.digest import ContentDigest
from hirewire.db import Database, Transaction
from hirewire.platform.applications import Application, State
from hirewire.platform.credentials import is_client_id
from hirewire.platform.head import Head
from hirewire.platform.journal import ID_MAX, Entry, Filter
from hirewire.platform.quota import Usage
from hirewire.platform.records import Range, Record
from hirewire.platform.rules import Rules
from hirewire.platform.settings import check_resource_names
from hirewire.platform.stores import Stores
from hirewire.runtime.clock import Clock, ManualClock
from hirewire.values.time import to_iso
from hirewire.values.urn import Urn, UrnError, UrnKind
from hirewire.wire.http import Headers, HttpResponse

PREFIX = "/control/"
BODY_BYTES_MAX = 65_536
PAGE_MAX = 1_000
ADVANCE_SECONDS_MAX = 10 * 366 * 86_400
_LOOPBACK = re.compile(r"127\.[0-9.]+|::1|::ffff:127\.[0-9.]+", re.ASCII)
_HOLE = re.compile(r"\{\w+\}")

T = TypeVar("T")


class ControlError(Exception):
    """The request cannot be done; ``status`` says what kind of mistake it is."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class Advance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far to move the clock."""

    seconds: float


class ApplicationChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of an application; absent members stay as they are, ``rules`` are replaced whole."""

    rules: Rules | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True)
class ControlRequest:
    """A control request past its key; ``arguments`` are what stood in the holes of its path."""

    head: Head
    arguments: tuple[str, ...]
    params: Mapping[str, str]
    body: bytes


Endpoint = Callable[[ControlRequest], Awaitable[Any]]
"""Answers one kind of control request with what becomes its JSON, or a whole response; or raises ControlError."""


@dataclass(frozen=True, slots=True)
class ControlRoute:
    """Who answers a verb at a path; a hole in it is written ``{name}``."""

    verb: str
    path: str
    endpoint: Endpoint

    @property
    def pattern(self) -> re.Pattern[str]:
        """The paths it answers."""
        return re.compile(_HOLE.sub("([^/]+)", self.path))


class Control:
    """Answers ``/control/``."""

    def __init__(
        self, key: str | None, database: Database, stores: Stores, clock: Clock, more: Iterable[ControlRoute] = ()
    ) -> None:
        self._key = key
        self._database = database
        self._stores = stores
        self._clock = clock
        self._routes: tuple[ControlRoute, ...] = (
            ControlRoute("GET", "/control/notes", self._notes),
            ControlRoute("GET", "/control/journal", self._journal),
            ControlRoute("GET", "/control/clock", self._read_clock),
            ControlRoute("POST", "/control/clock/advance", self._advance_clock),
            ControlRoute("GET", "/control/applications", self._applications),
            ControlRoute("GET", "/control/applications/{client_id}", self._application),
            ControlRoute("PATCH", "/control/applications/{client_id}", self._change_application),
            ControlRoute("GET", "/control/health", self._health),
            *more,
        )

    def admits(self, head: Head) -> Refusal | None:
        """Why a request may not even be read, or None. The key is compared in constant time."""
        if self._key is None:
            return Refusal(404, "NOT_FOUND", "The control API is off: start the platform with a control key")
        given = (head.headers.get("Authorization") or "").encode("latin-1")
        if not hmac.compare_digest(given, f"Bearer {self._key}".encode()):
            return Refusal(401, "CONTROL_KEY_INVALID", "Send the platform's control key: Authorization: Bearer {key}")
        return None

    async def answer(self, head: Head, body: bytes | Refusal) -> HttpResponse:
        """The answer to a request that was admitted."""
        try:
            if isinstance(body, Refusal):
                raise ControlError(body.status, body.code or "", body.message)
            endpoint, arguments = self._endpoint(head)
            request = ControlRequest(head, arguments, dict(parse_qsl(head.query)), body)
            answer = await endpoint(request)
            return answer if isinstance(answer, HttpResponse) else _json(200, answer)
        except ControlError as error:
            return _json(error.status, {"status": error.status, "code": error.code, "message": error.message})

    def _endpoint(self, head: Head) -> tuple[Endpoint, tuple[str, ...]]:
        matches = [
            (route, match) for route in self._routes if (match := route.pattern.fullmatch(head.path.removesuffix("/")))
        ]
        for route, match in matches:
            if route.verb == head.verb:
                return route.endpoint, tuple(unquote(group) for group in match.groups())
        if matches:
            verbs = " or ".join(route.verb for route, _ in matches)
            raise ControlError(405, "METHOD_NOT_ALLOWED", f"Expected {verbs} {head.path}, got {head.verb}")
        known = ", ".join(sorted({route.path for route in self._routes}))
        raise ControlError(404, "NOT_FOUND", f"Nothing at {head.path}; there is {known}")

    # -- what the platform holds

    async def _notes(self, request: ControlRequest) -> Any:
        params = request.params
        organization = organization_urn(params.get("organization", ""))
        wanted = notes_range(organization, params.get("application"))
        limit = count_of(params, "limit", 100, PAGE_MAX)
        skip = count_of(params, "start", 0, 2**31)
        return await self._database.read(lambda tx: listed_notes(tx, self._stores, wanted, skip, limit))

    async def _journal(self, request: ControlRequest) -> Any:
        params = request.params
        wanted = Filter(
            before=count_of(params, "before", ID_MAX, ID_MAX),
            client_id=_name(params, "client_id"),
            request_id=_name(params, "request_id"),
            status_min=count_of(params, "status_min", 0, 999),
            count=count_of(params, "limit", 50, PAGE_MAX),
        )
        entries = await self._database.read(
            lambda tx: [shown_entry(number, entry) for number, entry in self._stores.journal.each(tx, wanted)]
        )
        return {"entries": entries, "next_before": entries[-1]["id"] if len(entries) == wanted.count else None}

    # -- the clock

    async def _read_clock(self, request: ControlRequest) -> Any:
        now = self._clock.now()
        return {"now": now, "iso": to_iso(now), "manual": isinstance(self._clock, ManualClock)}

    async def _advance_clock(self, request: ControlRequest) -> Any:
        if not isinstance(self._clock, ManualClock):
            raise ControlError(409, "CLOCK_IS_REAL", "This platform runs on the real clock, which nobody can move")
        if not _LOOPBACK.fullmatch(request.head.client or ""):
            raise ControlError(403, "LOOPBACK_ONLY", "The clock is moved from the platform's own machine only")
        seconds = decoded(request.body, Advance).seconds
        if not 0 <= seconds <= ADVANCE_SECONDS_MAX:
            message = f"Expected seconds from 0 to {ADVANCE_SECONDS_MAX}, got {seconds}: a clock goes forward only"
            raise ControlError(400, "PARAM_INVALID", message)
        self._clock.advance(seconds)
        return await self._read_clock(request)

    # -- applications

    async def _applications(self, request: ControlRequest) -> Any:
        found = await self._database.read(lambda tx: list(self._stores.applications.each(tx)))
        return {"applications": [shown_application(application) for application in found]}

    async def _application(self, request: ControlRequest) -> Any:
        client_id = _client_id(request)

        def unit(tx: Transaction) -> Any:
            application = _known(self._stores.applications.find(tx, client_id), client_id)
            usage = self._stores.usages.of(tx, client_id)
            now = self._clock.now()
            return shown_application(application) | {
                "usage": {resource: _shown_usage(counters.at(now)) for resource, counters in usage.items()}
            }

        return await self._database.read(unit)

    async def _change_application(self, request: ControlRequest) -> Any:
        client_id = _client_id(request)
        change = decoded(request.body, ApplicationChange)
        if change.rules is not None:
            try:
                check_resource_names(change.rules.limits)
            except ValueError as error:
                raise ControlError(400, "PARAM_INVALID", str(error)) from None

        def unit(tx: Transaction) -> Any:
            _known(self._stores.applications.find(tx, client_id), client_id)
            if change.rules is not None:
                self._stores.applications.set_rules(tx, client_id, change.rules)
                self._stores.callbacks.revalidate(tx, client_id)
            if change.state is not None:
                self._stores.applications.set_state(tx, client_id, change.state)
            return shown_application(_known(self._stores.applications.find(tx, client_id), client_id))

        return await self._database.write(unit)

    # -- health

    async def _health(self, request: ControlRequest) -> Any:
        changes = await self._database.read(self._stores.applications.change_count)
        return {
            "status": "ok",
            "database": self._database.name,
            "dialect": self._database.dialect,
            "changes": changes,
            "clock": await self._read_clock(request),
        }


def organization_urn(text: str) -> str:
    """The URN of an organization given as URN or bare id.

    Raises:
        ControlError: it is neither.
    """
    try:
        return str(Urn.parse(f"urn:li:organization:{text}" if text.isdecimal() else text, UrnKind.ORGANIZATION))
    except UrnError as error:
        raise ControlError(400, "PARAM_INVALID", f"organization: {error}") from None


def notes_range(organization: str, application_id: str | None) -> Range:
    """Where the notes of an organization, or of one of its applications, lie."""
    return Range.beginning(APPLICATION_NOTES, organization, *([application_id] if application_id else []))


def listed_notes(tx: Transaction, stores: Stores, wanted: Range, skip: int, limit: int) -> dict[str, Any]:
    """One page of notes, and totals and digest of all of them; memory does not grow with their number."""
    digest, page = ContentDigest(), []
    for record in stores.records.each(tx, wanted):
        if skip <= digest.count < skip + limit:
            page.append(shown_note(record))
        digest.add(record.key, record.body)
    return {
        "organization": wanted.tenant,
        "notes": page,
        "start": skip,
        "total": digest.count,
        "digest": digest.hexdigest(),
    }


def shown_note(record: Record) -> dict[str, Any]:
    """A note for people: logical names, the entity's members beside the key's."""
    key = dict(zip(APPLICATION_NOTES.key_type._fields, record.key, strict=True))  # type: ignore[attr-defined]  # a NamedTuple
    return {**key, **msgspec.json.decode(record.body), "stored_at": record.stored_at}


def shown_application(application: Application) -> dict[str, Any]:
    """An application for people; nothing secret."""
    return {
        "client_id": application.client_id,
        "urn": application.urn,
        "kind": application.kind.value,
        "parent": application.parent,
        "unique_foreign_id": application.unique_foreign_id,
        "name": application.profile.name,
        "state": application.state.value,
        "contexts": sorted(application.contexts),
        "rules": msgspec.to_builtins(application.rules),
        "created_at": application.created_at,
    }


def shown_entry(number: int, entry: Entry) -> dict[str, Any]:
    """A journal entry for people: excerpts as text."""
    values = {name: getattr(entry, name) for name in Entry.__slots__}
    bodies = {name: values[name].decode("utf-8", "replace") for name in ("request", "response")}
    return {"id": number, **values, **bodies}


def _shown_usage(usage: Usage) -> dict[str, int]:
    return {"requests_today": usage.requests, "records_this_minute": usage.records}


def _client_id(request: ControlRequest) -> str:
    (client_id,) = request.arguments
    if not is_client_id(client_id):
        raise _unknown(client_id)
    return client_id


def _unknown(client_id: str) -> ControlError:
    return ControlError(404, "NOT_FOUND", f"There is no application {client_id[:128]!r}")


def _known(application: Application | None, client_id: str) -> Application:
    if application is None:
        raise _unknown(client_id)
    return application


def _name(params: Mapping[str, str], name: str) -> str | None:
    # Both kinds of names are of the same alphabet; anything else would only make the database complain.
    text = params.get(name)
    if text is not None and not is_client_id(text):
        raise ControlError(400, "PARAM_INVALID", f"{name}: got {text[:40]!r}, which is none")
    return text


def count_of(params: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A whole number among the parameters, ``default`` where it is absent; ControlError where it is none."""
    text = params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= most):
        raise ControlError(400, "PARAM_INVALID", f"{name}: expected a whole number from 0 to {most}, got {text[:40]!r}")
    return int(text)


def decoded(body: bytes, wanted: type[T]) -> T:
    """A request's body as what is expected of it; ControlError where it is something else."""
    try:
        return msgspec.json.decode(body, type=wanted)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ControlError(400, "PARAM_INVALID", f"The request body is not as expected: {error}") from None


def _json(status: int, value: Any) -> HttpResponse:
    return HttpResponse(status, Headers((("Content-Type", "application/json"),)), msgspec.json.encode(value))
