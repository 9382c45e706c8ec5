"""What becomes of a request that has been read: charged or not, refused or let through. Pure; dispatch.py performs it.

The order is decision G-4's: day counter, query and method, tenant, record counter, body. Reading is done before all of
them, since it changes nothing; which refusal is answered is decided here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from hirewire.catalog.call import Call, Entity, Key, Outcome, Refusal
from hirewire.catalog.codec import Address, CallError, Route, read_address, read_call
from hirewire.catalog.codec.addresses import write_body_keys
from hirewire.catalog.errors import access_denied, throttled_day, throttled_minute, too_many_elements, unreadable
from hirewire.catalog.generations import Dialect
from hirewire.catalog.model import Limits
from hirewire.catalog.rules import Reading
from hirewire.platform.applications import Application, Kind
from hirewire.platform.quota import Usage, charge_records, charge_request
from hirewire.values.time import Millis
from hirewire.wire.errors import WireError
from hirewire.wire.http import HttpRequest
from hirewire.wire.methods import Method
from hirewire.wire.tunnel import unfold

PARENT_ONLY = frozenset({"provisioned_applications"})
"""Resources that belong to a parent application, not to a customer."""


@dataclass(frozen=True, slots=True)
class Unaddressed:
    """Steps 7 to 9 failed: nobody knows what was asked."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Addressed:
    """What was asked is known; the body either makes a call or, at step 12, a refusal."""

    address: Address
    call: Call | Refusal

    @property
    def records(self) -> int:
        """Records this request counts for: its distinct ids or its elements, at least one."""
        elements = self.call.elements if isinstance(self.call, Call) else ()
        return len(elements) or self.address.records


Understanding = Unaddressed | Addressed


def understand(route: Route, dialect: Dialect, request: HttpRequest, limits: Limits, reading: Reading) -> Understanding:
    """Read a request to its end, as far as it can be read."""
    try:
        plain = unfold(request)
        address = read_address(route, dialect, plain, records_per_batch_max=limits.records_per_batch)
    except WireError as error:
        return Unaddressed(unreadable(error))
    except CallError as error:
        return Unaddressed(error.refusal)
    try:
        call = read_call(address, plain.body, reading)
    except CallError as error:
        return Addressed(address, error.refusal)
    if len(call.elements) > limits.records_per_batch:
        return Addressed(address, too_many_elements(len(call.elements), limits.records_per_batch))
    return Addressed(address, call)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``usage`` is what the counters become, None when nothing is charged; without a refusal the call is performed."""

    usage: Usage | None
    refusal: Refusal | None = None


def judge(understood: Understanding, application: Application, usage: Usage, limits: Limits, now: Millis) -> Verdict:
    """Steps 6 to 12 of decision G-4."""
    charged = charge_request(usage, now, limits)
    if charged is None:
        return Verdict(None, throttled_day())
    if isinstance(understood, Unaddressed):
        return Verdict(charged, understood.refusal)
    foreign = _foreign_request(understood.address, application) or _foreign_create(understood, application)
    if foreign is not None:
        return Verdict(charged, foreign)
    with_records = charge_records(charged, now, limits, understood.records)
    if with_records is None:
        return Verdict(charged, throttled_minute())
    return Verdict(with_records, understood.call if isinstance(understood.call, Refusal) else None)


def _foreign_request(address: Address, application: Application) -> Refusal | None:
    """Step 10 for the request as a whole: its resource, and the context named in its path or parameters."""
    if address.resource.name in PARENT_ONLY:
        if application.kind is not Kind.PARENT:
            return _denied(address, "This resource takes the token of a parent application")
    foreign = next((context for context in address.contexts if context not in application.contexts), None)
    return None if foreign is None else _denied(address, f"{foreign} is not a context of this application")


def _foreign_create(understood: Addressed, application: Application) -> Refusal | None:
    """Step 10 for the one element of a create, as far as it can be read: unread, it names no context."""
    if understood.address.method is not Method.CREATE or not isinstance(understood.call, Call):
        return None
    (element,) = understood.call.elements
    return _foreign_element(understood.address, element, application)


def _foreign_element(address: Address, element: Entity | Refusal, application: Application) -> Refusal | None:
    """Step 10 for an element: its context stands in a field of its own, where it has one at all."""
    tenant = address.resource.tenant
    context = None if tenant is None else getattr(element, tenant, None)
    if context is None or context in application.contexts:
        return None
    return _denied(address, f"{context} is not a context of this application")


def foreign_outcomes(address: Address, application: Application) -> dict[Key, Outcome]:
    """Step 10 for single keys: those whose integration context is not the application's, whatever came with them."""
    keys = [key for key in address.keys if key is not None]
    if not keys or address.resource.tenant is None:
        return {}
    position, contexts = address.resource.tenant_position, application.contexts
    return {
        key: Outcome(403, _denied(address, f"{key[position]} is not a context of this application"))
        for key in keys
        if key[position] not in contexts
    }


def own_part(address: Address, call: Call, application: Application, foreign: Collection[Key]) -> Call:
    """The call without keys that are not the application's own. What else is wrong with those is not looked at.

    An element that is not its own stays in its place as the refusal it is answered with: answers stand in their order.
    """
    if call.elements:
        refusals = (_foreign_element(address, element, application) for element in call.elements)
        own = tuple(refusal or element for refusal, element in zip(refusals, call.elements, strict=True))
        return replace(call, elements=own)
    if not foreign:
        return call
    texts = set(write_body_keys(address.resource, address.view, foreign, address.dialect.protocol))
    return replace(
        call,
        entities={key: value for key, value in call.entities.items() if key not in foreign},
        refused={text: refusal for text, refusal in call.refused.items() if text not in texts},
    )


def _denied(address: Address, why: str) -> Refusal:
    method = address.method.name if address.name is None else f"{address.method.name}-{address.name}"
    return access_denied(address.view.template.segments[-1], method, address.dialect.version, why)
