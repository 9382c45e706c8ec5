"""The control API's part about customers, their integrations, and push events; and how all of them are shown.

What may be done stands in onboarding.py, recruiting.py and events.py; the command line does the same by the same names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Annotated, Any, TypeVar

import msgspec

from hirewire.catalog.integration_types import INTEGRATION_TYPES, TENANT_TYPES
from hirewire.catalog.integrations import INTEGRATIONS, IntegrationKey
from hirewire.db import Database, Transaction
from hirewire.plan.delivery import Disabled, Validation
from hirewire.platform.callbacks import Callback, CallbackKey
from hirewire.platform.control import (
    PAGE_MAX,
    ControlError,
    ControlRequest,
    ControlRoute,
    count_of,
    decoded,
    listed_notes,
    notes_range,
    organization_urn,
)
from hirewire.platform.credentials import Random, is_client_id
from hirewire.platform.customers import Choice
from hirewire.platform.events import ID_MAX, Attempt, EventFilter, EventState, Replay, StoredEvent
from hirewire.platform.onboarding import ConfigurationMissing, Malformed, NotThere, Onboarded, OnboardingError
from hirewire.platform.recruiting import export_candidate, sees_application_data, sees_export_jobs
from hirewire.platform.stores import Stores
from hirewire.runtime.clock import Clock
from hirewire.values.time import Millis
from hirewire.values.urn import Urn, UrnError, UrnKind

_REQUEST_ID_BYTES = 16
PENDING = "PENDING"
"""How an integration is shown that was configured before the customer created it (decision G-28)."""

T = TypeVar("T")
_Count = Annotated[int, msgspec.Meta(ge=0, le=ID_MAX)]


class IntegrationAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which integration; ``context`` is an organization's or a contract's URN."""

    context: str
    integration_type: str
    tenant_type: str = TENANT_TYPES[0]


class IntegrationCreated(IntegrationAsked, frozen=True, forbid_unknown_fields=True):
    """A new integration. ``client_id`` binds that application to the context, ``organization`` says whose a contract is."""

    name: str | None = None
    client_id: str | None = None
    organization: str | None = None


class CustomerChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a customer's administrator decides; absent members stay as they are."""

    uses_acls: bool | None = None
    applicant_notifications: bool | None = None


class CallbackAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which callback."""

    organization: str
    integration_type: str
    tenant_type: str = TENANT_TYPES[0]


class ExportAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose candidate is exported, by which integration."""

    organization: str
    integration_type: str = "ONE_CLICK_EXPORT"


class ReplayAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which events to send again: ids from ``first`` to ``last``, created in [``since``, ``until``) epoch milliseconds."""

    organization: str
    first: _Count = 0
    last: _Count = ID_MAX
    since: _Count = 0
    until: _Count = ID_MAX
    only_parked: bool = False


# -- what can be done, inside a transaction: the command line's verbs as well as the control API's


def integration_key(context: str, integration_type: str, tenant_type: str) -> IntegrationKey:
    """A key an integration can have.

    Raises:
        OnboardingError: with what is wrong, and what is expected.
    """
    try:
        Urn.parse(context, UrnKind.ORGANIZATION, UrnKind.CONTRACT)
    except UrnError as error:
        raise Malformed(f"context: {error}") from None
    if integration_type not in INTEGRATION_TYPES:
        raise Malformed(f"type: expected one of {', '.join(INTEGRATION_TYPES)}, got {integration_type[:60]!r}")
    if tenant_type not in TENANT_TYPES:
        raise Malformed(f"tenant type: expected {' or '.join(TENANT_TYPES)}, got {tenant_type[:60]!r}")
    key = IntegrationKey(context, integration_type, tenant_type)
    for rule in INTEGRATIONS.key_rules:
        fault = rule(key)
        if fault is not None:
            raise Malformed(fault.description)
    return key


def create_integration(
    tx: Transaction, stores: Stores, key: IntegrationKey, wish: IntegrationCreated, now: Millis
) -> Onboarded:
    """Create an integration, for the application named if one is.

    Raises:
        OnboardingError: nobody could use it, or it exists, or the application does not.
    """
    context = key.integration_context
    if wish.name is not None and not 0 < len(wish.name.strip()) <= len(wish.name) <= 255:
        raise Malformed(f"name: expected 1 to 255 characters, got {len(wish.name)}")
    if wish.client_id is not None:
        if not is_client_id(wish.client_id) or stores.applications.find(tx, wish.client_id) is None:
            raise NotThere(f"there is no application {wish.client_id[:128]!r}")
        stores.applications.bind(tx, wish.client_id, context)
    if not any(context in application.contexts for application in stores.applications.each(tx)):
        raise OnboardingError(f"no application may touch {context}: provision one for it, or name one")
    if wish.organization is not None and wish.organization != context:
        stores.own_contract(tx, context, wish.organization)
    return stores.onboarding.create(tx, key, wish.name, now)


def all_integrations(tx: Transaction, stores: Stores, context: str | None) -> list[Onboarded]:
    """The integrations of one context, or of every context an application is bound to."""
    if context is not None:
        return stores.onboarding.of(tx, context)
    contexts = sorted({urn for application in stores.applications.each(tx) for urn in application.contexts})
    return [each for urn in contexts for each in stores.onboarding.of(tx, urn)]


def change_callback(tx: Transaction, stores: Stores, key: CallbackKey, change: str, now: Millis) -> Callback:
    """Do one of ``CALLBACK_CHANGES`` to a callback.

    Raises:
        OnboardingError: there is no such callback.
    """
    before = stores.callbacks.find(tx, key)
    if before is None:
        raise NotThere(f"{key.organization} has no CALLBACK_URL for {key.integration_type}")
    after = CALLBACK_CHANGES[change](before, now)
    stores.callbacks.save(tx, after)
    if before.health.disabled is not None and after.health.disabled is None:
        stores.events.release(tx, key.organization, key.integration_type)
    return after


def _enabled(callback: Callback, now: Millis) -> Callback:
    return replace(callback, health=replace(callback.health, disabled=None, failing_since=None, warnings=0))


def _disabled(callback: Callback, now: Millis) -> Callback:
    return replace(callback, health=replace(callback.health, disabled=Disabled.OPERATOR))


def _validated(callback: Callback, now: Millis) -> Callback:
    standing = replace(callback.standing, validation=Validation.UNVALIDATED, failures=0)
    return replace(callback, standing=standing, next_validation_at=now, challenge_error=None)


CALLBACK_CHANGES: dict[str, Callable[[Callback, Millis], Callback]] = {
    "enable": _enabled,
    "disable": _disabled,
    "validate": _validated,
}
"""Enable a callback (what it missed is due at once), disable it, or ask for its challenge again, blocked or not."""


def recruiters_view(
    tx: Transaction, stores: Stores, organization: str, application: str, skip: int, limit: int
) -> dict[str, Any]:
    """An application as the customer's recruiters see it in the In-ATS Indicator."""
    seen = sees_application_data(tx, stores, organization)
    shown = {"organization": organization, "application": application, "visible": seen.is_visible, "why": seen.reason}
    if not seen.is_visible:
        return {**shown, "notes": [], "start": skip, "total": 0}
    listed = listed_notes(tx, stores, notes_range(organization, application), skip, limit)
    return {**shown, **{name: listed[name] for name in ("notes", "start", "total")}}


# -- how it is shown


def shown_integration(integration: Onboarded) -> dict[str, Any]:
    """An integration for people."""
    return {
        **integration.key._asdict(),
        "name": integration.name,
        "status": PENDING if integration.status is None else integration.status.value,
        "configured": list(integration.configured),
        "missing": list(integration.missing),
    }


def shown_customer(tx: Transaction, stores: Stores, organization: str) -> dict[str, Any]:
    """What a customer's administrator has said, and when."""
    changes = stores.customers.changes(tx, organization)
    return {
        "organization": organization,
        **asdict(stores.customers.find(tx, organization)),
        "changes": [{"at": each.at, "name": each.choice.value, "value": each.value} for each in changes],
    }


def shown_callback(callback: Callback) -> dict[str, Any]:
    """A callback for people."""
    health, standing = callback.health, callback.standing
    return {
        **asdict(callback.key),
        "url": callback.url,
        "client_id": callback.client_id,
        "registered_at": callback.registered_at,
        "disabled": None if health.disabled is None else health.disabled.value,
        "last_success_at": health.last_success_at,
        "failing_since": health.failing_since,
        "warnings": health.warnings,
        "validation": standing.validation.value,
        "challenge_failures": standing.failures,
        "validated_at": standing.validated_at,
        "next_validation_at": callback.next_validation_at,
        "challenge_error": callback.challenge_error,
    }


def shown_event(event: StoredEvent) -> dict[str, Any]:
    """A push event for people."""
    return {
        "id": event.id,
        "customer": event.customer,
        "integration_type": event.integration_type,
        "context": event.context,
        "type": event.type,
        "body": event.body.decode("ascii"),
        "created_at": event.created_at,
        "state": event.state.value,
        "attempts": event.attempts,
        "next_at": max(event.next_at, event.created_at) if event.state is EventState.WAITING else None,
        "finished_at": event.finished_at,
    }


def shown_attempt(attempt: Attempt) -> dict[str, Any]:
    """An attempt for people."""
    return asdict(attempt)


def event_state(text: str | None) -> EventState | None:
    """A state by its name.

    Raises:
        OnboardingError: there is no such state.
    """
    try:
        return None if text is None else EventState(text)
    except ValueError:
        raise Malformed(f"state: expected {' or '.join(each.value for each in EventState)}, got {text!r:.60}") from None


# -- the API


class IntegrationControl:
    """Answers its part of ``/control/``."""

    def __init__(self, database: Database, stores: Stores, clock: Clock, random: Random) -> None:
        self._database = database
        self._stores = stores
        self._clock = clock
        self._random = random

    @property
    def routes(self) -> tuple[ControlRoute, ...]:
        """What is answered here."""
        return (
            ControlRoute("GET", "/control/integrations", self._integrations),
            ControlRoute("POST", "/control/integrations", self._create),
            ControlRoute("POST", "/control/integrations/enable", self._enable),
            ControlRoute("POST", "/control/integrations/disable", self._disable),
            ControlRoute("GET", "/control/customers/{organization}", self._customer),
            ControlRoute("PATCH", "/control/customers/{organization}", self._change_customer),
            ControlRoute("GET", "/control/recruiter/applications/{application}", self._application),
            ControlRoute("GET", "/control/recruiter/export-jobs", self._export_jobs),
            ControlRoute("POST", "/control/recruiter/exports", self._export),
            ControlRoute("GET", "/control/callbacks", self._callbacks),
            ControlRoute("POST", "/control/callbacks/{change}", self._change_callback),
            ControlRoute("GET", "/control/events", self._events),
            ControlRoute("POST", "/control/events/replay", self._replay),
            ControlRoute("GET", "/control/events/{id}", self._event),
        )

    # -- integrations and customers

    async def _integrations(self, request: ControlRequest) -> Any:
        context = request.params.get("context")
        return await self._read(
            lambda tx: {"integrations": [shown_integration(x) for x in all_integrations(tx, self._stores, context)]}
        )

    async def _create(self, request: ControlRequest) -> Any:
        wish = decoded(request.body, IntegrationCreated)
        if wish.organization is not None:
            wish = msgspec.structs.replace(wish, organization=organization_urn(wish.organization))

        def unit(tx: Transaction) -> Onboarded:
            key = integration_key(wish.context, wish.integration_type, wish.tenant_type)
            return create_integration(tx, self._stores, key, wish, self._clock.now())

        return shown_integration(await self._write(unit))

    async def _enable(self, request: ControlRequest) -> Any:
        return await self._turn(request, self._stores.onboarding.enable)

    async def _disable(self, request: ControlRequest) -> Any:
        return await self._turn(request, self._stores.onboarding.disable)

    async def _turn(
        self, request: ControlRequest, turn: Callable[[Transaction, IntegrationKey, str, Millis], Onboarded]
    ) -> Any:
        asked, request_id = decoded(request.body, IntegrationAsked), new_request_id(self._random)

        def unit(tx: Transaction) -> Onboarded:
            key = integration_key(asked.context, asked.integration_type, asked.tenant_type)
            return turn(tx, key, request_id, self._clock.now())

        return shown_integration(await self._write(unit))

    async def _customer(self, request: ControlRequest) -> Any:
        organization = organization_urn(request.arguments[0])
        return await self._read(lambda tx: shown_customer(tx, self._stores, organization))

    async def _change_customer(self, request: ControlRequest) -> Any:
        organization = organization_urn(request.arguments[0])
        change = decoded(request.body, CustomerChange)

        def unit(tx: Transaction) -> dict[str, Any]:
            for choice in Choice:
                value: bool | None = getattr(change, choice.value)
                if value is not None:
                    self._stores.customers.choose(tx, organization, choice, value, self._clock.now())
            return shown_customer(tx, self._stores, organization)

        return await self._write(unit)

    # -- what recruiters see

    async def _application(self, request: ControlRequest) -> Any:
        organization = organization_urn(request.params.get("organization", ""))
        limit = count_of(request.params, "limit", 100, PAGE_MAX)
        skip = count_of(request.params, "start", 0, 2**31)
        (application,) = request.arguments
        return await self._read(lambda tx: recruiters_view(tx, self._stores, organization, application, skip, limit))

    async def _export_jobs(self, request: ControlRequest) -> Any:
        organization = organization_urn(request.params.get("organization", ""))

        def unit(tx: Transaction) -> dict[str, Any]:
            seen = sees_export_jobs(tx, self._stores, organization)
            jobs = self._stores.job_applications.jobs(tx, organization, PAGE_MAX) if seen.is_visible else []
            shown = [asdict(job) for job in jobs]
            return {"organization": organization, "visible": seen.is_visible, "why": seen.reason, "jobs": shown}

        return await self._read(unit)

    async def _export(self, request: ControlRequest) -> Any:
        asked, request_id = decoded(request.body, ExportAsked), new_request_id(self._random)
        organization = organization_urn(asked.organization)

        def unit(tx: Transaction) -> dict[str, Any]:
            now = self._clock.now()
            return asdict(export_candidate(tx, self._stores, organization, asked.integration_type, request_id, now))

        return await self._write(unit)

    # -- callbacks and events

    async def _callbacks(self, request: ControlRequest) -> Any:
        given = request.params.get("organization")
        organization = None if given is None else organization_urn(given)
        found = await self._read(lambda tx: self._stores.callbacks.of(tx, organization))
        return {"callbacks": [shown_callback(callback) for callback in found]}

    async def _change_callback(self, request: ControlRequest) -> Any:
        (change,) = request.arguments
        if change not in CALLBACK_CHANGES:
            raise ControlError(404, "NOT_FOUND", f"Expected one of {', '.join(CALLBACK_CHANGES)}, got {change[:40]!r}")
        asked = decoded(request.body, CallbackAsked)
        key = CallbackKey(organization_urn(asked.organization), asked.integration_type, asked.tenant_type)
        changed = await self._write(lambda tx: change_callback(tx, self._stores, key, change, self._clock.now()))
        return shown_callback(changed)

    async def _events(self, request: ControlRequest) -> Any:
        params = request.params
        given = params.get("organization")
        limit = count_of(params, "limit", 50, PAGE_MAX)
        customer = None if given is None else organization_urn(given)
        before = count_of(params, "before", ID_MAX, ID_MAX)

        def unit(tx: Transaction) -> list[dict[str, Any]]:
            wanted = EventFilter(before, customer, event_state(params.get("state")), limit)
            return [shown_event(event) for event in self._stores.events.each(tx, wanted)]

        events = await self._read(unit)
        return {"events": events, "next_before": events[-1]["id"] if len(events) == limit else None}

    async def _event(self, request: ControlRequest) -> Any:
        event_id = count_of({"id": request.arguments[0]}, "id", 0, ID_MAX)

        def unit(tx: Transaction) -> dict[str, Any]:
            return event_with_attempts(tx, self._stores, event_id)

        return await self._read(unit)

    async def _replay(self, request: ControlRequest) -> Any:
        asked = decoded(request.body, ReplayAsked)
        wanted = Replay(
            organization_urn(asked.organization),
            asked.first,
            asked.last,
            Millis(asked.since),
            Millis(asked.until),
            asked.only_parked,
        )
        return {"replayed": await self._write(lambda tx: self._stores.events.replay(tx, wanted))}

    # -- transactions

    async def _read(self, unit: Callable[[Transaction], T]) -> T:
        return await answered(self._database.read, unit)

    async def _write(self, unit: Callable[[Transaction], T]) -> T:
        return await answered(self._database.write, unit)


async def answered(run: Callable[..., Any], unit: Callable[[Transaction], T]) -> T:
    """Run a unit; what it refuses is an answer."""
    try:
        done: T = await run(unit)
        return done
    except OnboardingError as error:
        raise ControlError(*_ANSWERS.get(type(error), (409, "CONFLICT")), str(error)) from None


_ANSWERS: dict[type[OnboardingError], tuple[int, str]] = {
    Malformed: (400, "PARAM_INVALID"),
    NotThere: (404, "NOT_FOUND"),
    ConfigurationMissing: (409, "CONFIGURATION_MISSING"),
}


def event_with_attempts(tx: Transaction, stores: Stores, event_id: int) -> dict[str, Any]:
    """An event and everything that was tried with it.

    Raises:
        NotThere: there is no such event.
    """
    event = stores.events.find(tx, event_id)
    if event is None:
        raise NotThere(f"there is no event {event_id}")
    return {**shown_event(event), "deliveries": [shown_attempt(each) for each in stores.events.attempts(tx, event_id)]}


def new_request_id(random: Random) -> str:
    """The id under which a partner asks what an event is about."""
    return random(_REQUEST_ID_BYTES).hex()
