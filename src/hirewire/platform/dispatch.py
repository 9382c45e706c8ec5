"""One API request from head to answer: admit, read, understand, and one transaction that charges, performs and records.

A 200 leaves only after that transaction is durable. What is refused before the day counter is charged nothing; what is
refused after it changes nothing but its charge and its journal entry.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypedDict

from hirewire.catalog.call import BatchReply, Call, CreatedMany, Key, Outcome, Refusal, Refused, Reply
from hirewire.catalog.codec import CallError, Route, encode_refusal, encode_reply, read_dialect
from hirewire.catalog.codec import route as find_route
from hirewire.catalog.codec.addresses import write_body_keys
from hirewire.catalog.errors import (
    access_denied,
    expired_token,
    invalid_token,
    resource_not_found,
    revoked_token,
)
from hirewire.catalog.generations import Dialect, Version
from hirewire.catalog.provisioned_applications import PROVISIONED_APPLICATIONS
from hirewire.db import Database, Transaction
from hirewire.plan.addresses import AllowedHosts
from hirewire.platform.applications import Application, State
from hirewire.platform.behaviours import behaviour_of
from hirewire.platform.effects import Handling, NewCredentials
from hirewire.platform.head import Head, check_length, check_sizes, protocol_of, read_bearer
from hirewire.platform.journal import Entry, excerpt
from hirewire.platform.judgement import (
    Addressed,
    Unaddressed,
    Understanding,
    foreign_outcomes,
    judge,
    own_part,
    understand,
)
from hirewire.platform.rules import Effective, Rules, effective
from hirewire.platform.stores import Stores
from hirewire.platform.tokens import Grant, Standing, TokenCache
from hirewire.runtime.clock import Clock
from hirewire.values.time import Millis
from hirewire.wire.http import HttpRequest, HttpResponse
from hirewire.wire.methods import METHODS, Method

ReadBody = Callable[[], Awaitable[bytes | Refusal]]
"""Reads the body to its end, once; a Refusal when it is too long or too slow."""

_STANDINGS: Mapping[Standing, Callable[[], Refusal]] = {
    Standing.EXPIRED: expired_token,
    Standing.REVOKED: revoked_token,
}


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """What this file needs of the settings."""

    rules: Rules
    versions: Mapping[str, Version]
    body_bytes_max: int
    excerpt_bytes: int
    hosts_allowed: AllowedHosts = AllowedHosts()


@dataclass(frozen=True, slots=True)
class Admission:
    """A request past the checks on its head."""

    head: Head
    route: Route
    grant: Grant
    dialect: Dialect
    rules: Effective


@dataclass(frozen=True, slots=True)
class Turned:
    """A request turned away at its head, with whose token if that is known. Nothing is charged."""

    refusal: Refusal
    grant: Grant | None


@dataclass(frozen=True, slots=True)
class Work:
    """What the transaction needs: everything that can be prepared has been."""

    admission: Admission
    body: bytes
    understood: Understanding
    credentials: NewCredentials | None
    now: Millis

    @property
    def application(self) -> Application:
        """Whose token came with the request."""
        return self.admission.grant.application


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, and what the journal says about it."""

    response: HttpResponse
    code: str | None = None
    failed: int = 0
    stale: tuple[str, ...] = ()


class Outdated(Exception):
    """The application, its bindings or its tokens have changed since they were looked up: begin anew."""

    def __init__(self, grant: Grant) -> None:
        super().__init__()
        self.grant = grant


class Api:
    """Answers ``/v2`` and ``/rest``."""

    def __init__(
        self,
        settings: ApiSettings,
        database: Database,
        stores: Stores,
        tokens: TokenCache,
        clock: Clock,
        new_credentials: Callable[[], Awaitable[NewCredentials]],
    ) -> None:
        self._settings = settings
        self._database = database
        self._stores = stores
        self._tokens = tokens
        self._clock = clock
        self._new_credentials = new_credentials

    async def answer(self, head: Head, read_body: ReadBody) -> HttpResponse:
        """The answer to one request, durable where it must be."""
        body: bytes | Refusal | None = None
        while True:
            admission = await self._admit(head)
            try:
                if isinstance(admission, Turned):
                    return await self._turn_away(head, admission)
                body = await read_body() if body is None else body
                work = await self._prepare(admission, body)
                return await self._database.write(partial(self._perform, work))
            except Outdated as outdated:
                self._tokens.forget(outdated.grant)

    async def _admit(self, head: Head) -> Admission | Turned:
        """Steps 1 to 5 of decision G-4."""
        grant: Grant | None = None
        try:
            route = find_route(head.path)
            if route is None:
                raise CallError(resource_not_found())
            grant = await self._tokens.find(read_bearer(head.headers.get("Authorization")))
            if grant is None:
                raise CallError(invalid_token())
            check_standing(grant, head.arrived)
            dialect = read_dialect(route, head.headers, self._settings.versions, head.arrived)
            check_sizes(head)
            check_length(head, self._settings.body_bytes_max)
            check_state(grant.application, route, dialect, head)
        except CallError as error:
            return Turned(error.refusal, grant)
        rules = effective(grant.application.rules, self._settings.rules)
        return Admission(head, route, grant, dialect, rules)

    async def _prepare(self, admission: Admission, body: bytes | Refusal) -> Work:
        """Everything that needs no database, and must not occupy one."""
        head, route, now = admission.head, admission.route, self._clock.now()
        if isinstance(body, Refusal):
            return Work(admission, b"", Unaddressed(body), None, now)
        request = HttpRequest(head.verb, head.target, head.headers, body)
        limits = admission.rules.limits_of(route.resource)
        understood = understand(route, admission.dialect, request, limits, admission.rules.reading(now))
        credentials = await self._new_credentials() if _creates_application(understood) else None
        return Work(admission, body, understood, credentials, now)

    def _perform(self, work: Work, tx: Transaction) -> HttpResponse:
        """The transaction: charge, judge, perform, record. It may run again after a collision with another one."""
        stores, application, resource = self._stores, work.application, work.admission.route.resource
        self._check_current(work.admission.grant, tx)
        usage = stores.usages.lock(tx, application.client_id, resource.throttle)
        limits = work.admission.rules.limits_of(resource)
        verdict = judge(work.understood, application, usage, limits, work.now)
        if verdict.usage is not None:
            stores.usages.save(tx, application.client_id, resource.throttle, verdict.usage)
        answer = _refusal_answer(work, verdict.refusal) if verdict.refusal else self._effect_answer(work, tx)
        stores.journal.add(tx, self._entry(work, answer))
        return answer.response

    def _effect_answer(self, work: Work, tx: Transaction) -> Answer:
        """Let the behaviour do what was asked, for the keys that are the application's own."""
        understood = work.understood
        assert isinstance(understood, Addressed) and isinstance(understood.call, Call)
        address, call, application = understood.address, understood.call, work.application
        foreign = foreign_outcomes(address, application)
        own = own_part(address, call, application, foreign)
        handling = Handling(
            application,
            work.admission.rules,
            self._stores,
            work.now,
            work.credentials,
            self._settings.hosts_allowed,
        )
        effect = behaviour_of(own)(tx, own, handling)
        reply = _with_outcomes(effect.reply, foreign)
        response = encode_reply(address, own, reply)
        stale = tuple(write_body_keys(call.resource, address.view, effect.stale, address.dialect.protocol))
        return Answer(response, code=_code_of(reply), failed=_failures(own, reply), stale=stale)

    def _entry(self, work: Work, answer: Answer) -> Entry:
        address = work.understood.address if isinstance(work.understood, Addressed) else None
        limit = self._settings.excerpt_bytes
        return Entry(
            **self._head_entry(work.admission.head, answer.response.status),
            client_id=work.application.client_id,
            method=address.method.value if address else None,
            resource=work.admission.route.resource.name,
            code=answer.code,
            records=work.understood.records if isinstance(work.understood, Addressed) else 0,
            failed=answer.failed,
            stale=len(answer.stale),
            stale_keys=answer.stale,
            request=excerpt(work.body, limit),
            response=excerpt(answer.response.body, limit),
        )

    async def refuse(self, head: Head, refusal: Refusal) -> HttpResponse:
        """Answer what is refused without a charge; the journal knows of it all the same."""
        return await self._turn_away(head, Turned(refusal, None))

    async def _turn_away(self, head: Head, turned: Turned) -> HttpResponse:
        grant, response = turned.grant, encode_refusal(turned.refusal, protocol_of(head))
        entry = Entry(
            **self._head_entry(head, response.status),
            client_id=grant.application.client_id if grant else None,
            code=turned.refusal.code,
            response=excerpt(response.body, self._settings.excerpt_bytes),
        )

        def unit(tx: Transaction) -> None:
            if grant is not None:
                self._check_current(grant, tx)
            self._stores.journal.add(tx, entry)

        await self._database.write(unit)
        return response

    def _check_current(self, grant: Grant, tx: Transaction) -> None:
        if self._stores.applications.change_count(tx) != grant.change_count:
            raise Outdated(grant)

    def _head_entry(self, head: Head, status: int) -> _HeadEntry:
        return {
            "at": head.arrived,
            "request_id": head.request_id,
            "verb": head.verb,
            "target": head.target,
            "status": status,
            "duration_us": int((self._clock.monotonic() - head.started) * 1_000_000),
        }


class _HeadEntry(TypedDict):
    """The members of a journal entry that every request has."""

    at: Millis
    request_id: str
    verb: str
    target: str
    status: int
    duration_us: int


def check_standing(grant: Grant, now: Millis) -> None:
    """Refuse a token that is no longer good."""
    refusal = _STANDINGS.get(grant.standing(now))
    if refusal is not None:
        raise CallError(refusal())


def check_state(application: Application, route: Route, dialect: Dialect, head: Head) -> None:
    """Refuse everything to a blocked application."""
    if application.state is State.BLOCKED:
        name = route.view.template.segments[-1]
        raise CallError(access_denied(name, head.verb, dialect.version, "This application is blocked"))


def _creates_application(understood: Understanding) -> bool:
    call = understood.call if isinstance(understood, Addressed) else None
    return isinstance(call, Call) and (call.resource, call.method) == (PROVISIONED_APPLICATIONS, Method.CREATE)


def _refusal_answer(work: Work, refusal: Refusal) -> Answer:
    response = encode_refusal(refusal, work.admission.dialect.protocol)
    if refusal.status == 405:
        response = replace(response, headers=response.headers.set("Allow", _allowed(work.admission.route)))
    understood = work.understood
    return Answer(response, refusal.code, failed=understood.records if isinstance(understood, Addressed) else 0)


def _allowed(route: Route) -> str:
    return ", ".join(sorted({METHODS[method].verb for method in route.view.methods}))


def _with_outcomes(reply: Reply, foreign: Mapping[Key, Outcome]) -> Reply:
    if foreign and isinstance(reply, BatchReply):
        return BatchReply({**reply.outcomes, **foreign})
    return reply


def _code_of(reply: Reply) -> str | None:
    return reply.refusal.code if isinstance(reply, Refused) else None


def _failures(call: Call, reply: Reply) -> int:
    if isinstance(reply, BatchReply):
        return len(call.refused) + sum(not outcome.is_ok for outcome in reply.outcomes.values())
    if isinstance(reply, CreatedMany):
        return sum(isinstance(element, Outcome) for element in reply.elements)
    return int(isinstance(reply, Refused))
