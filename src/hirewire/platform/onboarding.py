"""Onboarding: integrations as a customer's administrator creates, enables and disables them.

A partner configures an integration before it can be enabled; here is what is still missing, and what is announced.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from hirewire.catalog.events import Announcement, EventType
from hirewire.catalog.integration_configurations import INTEGRATION_CONFIGURATIONS, IntegrationConfigurationKey
from hirewire.catalog.integration_types import CONFIGURATION_KEYS
from hirewire.catalog.integrations import INTEGRATIONS, Integration, IntegrationKey, IntegrationStatus
from hirewire.db import Statements, Transaction
from hirewire.platform.customers import Customer, Customers
from hirewire.platform.events import Events
from hirewire.platform.records import Range, Records
from hirewire.platform.rules import WriteMode
from hirewire.values.time import Millis

NAME_CHARACTERS_MAX = 255


class OnboardingError(ValueError):
    """What was asked cannot be done; the text says why and what can."""


class Malformed(OnboardingError):
    """What was given is not what was expected."""


class NotThere(OnboardingError):
    """There is nothing of that name."""


class ConfigurationMissing(OnboardingError):
    """An integration cannot be enabled yet; ``names`` are the configurations the partner has to set first."""

    def __init__(self, key: IntegrationKey, names: tuple[str, ...]) -> None:
        super().__init__(
            f"{key.integration_type} of {key.integration_context} cannot be enabled: the partner has to set"
            f" {' and '.join(names)} first"
        )
        self.names = names


@dataclass(frozen=True, slots=True)
class Onboarded:
    """One integration as its customer sees it. ``status`` is None while it is pending: configured, never created."""

    key: IntegrationKey
    name: str | None
    status: IntegrationStatus | None
    configured: tuple[str, ...]
    missing: tuple[str, ...]


def required_configurations(integration_type: str, *, uses_acls: bool) -> tuple[str, ...]:
    """The configurations without which an integration of a type cannot be enabled (Sync Integration Configurations).

    >>> required_configurations("ONE_CLICK_EXPORT", uses_acls=True)
    ('CALLBACK_URL',)
    """
    return tuple(
        key.name
        for key in CONFIGURATION_KEYS
        if key.integration_type == integration_type and key.required and not (key.unless_acls and uses_acls)
    )


class Onboarding:
    """The integrations, as their customers rule them."""

    def __init__(self, statements: Statements, records: Records, customers: Customers, events: Events) -> None:
        self._statements = statements
        self._records = records
        self._customers = customers
        self._events = events

    def of(self, tx: Transaction, context: str) -> list[Onboarded]:
        """The integrations of an organization or contract, the pending ones too."""
        known = {
            IntegrationKey(*record.key) for record in self._records.each(tx, Range.beginning(INTEGRATIONS, context))
        }
        configured = self._configured(tx, context)
        return [self.find(tx, key) or self._shown(tx, key, None) for key in sorted(known | configured.keys())]

    def find(self, tx: Transaction, key: IntegrationKey) -> Onboarded | None:
        """One integration, if it was created."""
        found = self._records.find(tx, INTEGRATIONS, [key]).get(key)
        return self._shown(tx, key, found) if isinstance(found, Integration) else None

    def create(self, tx: Transaction, key: IntegrationKey, name: str | None, now: Millis) -> Onboarded:
        """A new integration, not yet enabled.

        Raises:
            OnboardingError: it exists.
        """
        if self.find(tx, key) is not None:
            raise OnboardingError(f"{key.integration_type} of {key.integration_context} exists: enable or disable it")
        entity = Integration(*key, name=name, status=IntegrationStatus.PRE_AUTHORIZED.value)
        self._records.put(tx, INTEGRATIONS, {key: entity}, WriteMode.ARRIVAL, now)
        return self._shown(tx, key, entity)

    def enable(self, tx: Transaction, key: IntegrationKey, request_id: str, now: Millis) -> Onboarded:
        """Let the partner work with it, and announce that.

        Raises:
            ConfigurationMissing: with what the partner has to set first.
            NotThere: it was never created.
        """
        missing = self._missing(tx, key)
        if missing:
            self._known(tx, key)
            raise ConfigurationMissing(key, missing)
        return self._change(tx, key, IntegrationStatus.ENABLED, request_id, now)

    def disable(self, tx: Transaction, key: IntegrationKey, request_id: str, now: Millis) -> Onboarded:
        """Take it back from the partner, and announce that.

        Raises:
            NotThere: it was never created.
        """
        return self._change(tx, key, IntegrationStatus.DISABLED, request_id, now)

    def of_request(self, tx: Transaction, request_id: str) -> IntegrationKey | None:
        """The integration that a status change's request id speaks of."""
        row = tx.one(self._statements["find_status_change"], {"request_id": request_id})
        return None if row is None else IntegrationKey(*row)

    def has_configuration(self, tx: Transaction, organization: str, integration_type: str, name: str) -> bool:
        """Whether a configuration is set for an integration, of whichever tenant type."""
        configured = self._configured(tx, organization)
        return any(key.integration_type == integration_type and name in names for key, names in configured.items())

    def _change(
        self, tx: Transaction, key: IntegrationKey, status: IntegrationStatus, request_id: str, now: Millis
    ) -> Onboarded:
        entity = self._known(tx, key)
        if entity.status == status.value:
            return self._shown(tx, key, entity)
        changed = msgspec.structs.replace(entity, status=status.value)
        self._records.put(tx, INTEGRATIONS, {key: changed}, WriteMode.ARRIVAL, now)
        tx.execute(
            self._statements["add_status_change"],
            {
                "request_id": request_id,
                "context": key.integration_context,
                "integration_type": key.integration_type,
                "tenant_type": key.tenant_type,
                "status": status.value,
                "at": now,
            },
        )
        event = Announcement(EventType.INTEGRATION_STATUS_CHANGE, request_id)
        self._events.emit(tx, key.integration_context, event, now, integration_type=key.integration_type)
        return self._shown(tx, key, changed)

    def _known(self, tx: Transaction, key: IntegrationKey) -> Integration:
        found = self._records.lock(tx, INTEGRATIONS, [key]).get(key)
        if not isinstance(found, Integration):
            raise NotThere(f"there is no {key.integration_type} of {key.integration_context}: create it first")
        return found

    def _missing(self, tx: Transaction, key: IntegrationKey) -> tuple[str, ...]:
        configured = self._configured(tx, key.integration_context).get(key, ())
        required = required_configurations(key.integration_type, uses_acls=self._customer(tx, key).uses_acls)
        return tuple(name for name in required if name not in configured)

    def _customer(self, tx: Transaction, key: IntegrationKey) -> Customer:
        organization = self._customers.of(tx, key.integration_context)
        return Customer() if organization is None else self._customers.find(tx, organization)

    def _configured(self, tx: Transaction, context: str) -> dict[IntegrationKey, tuple[str, ...]]:
        found: dict[IntegrationKey, tuple[str, ...]] = {}
        for record in self._records.each(tx, Range.beginning(INTEGRATION_CONFIGURATIONS, context)):
            *integration, name = IntegrationConfigurationKey(*record.key)
            key = IntegrationKey(*integration)
            found[key] = (*found.get(key, ()), name)
        return found

    def _shown(self, tx: Transaction, key: IntegrationKey, entity: Integration | None) -> Onboarded:
        status = None if entity is None else IntegrationStatus(entity.status)
        configured = self._configured(tx, key.integration_context).get(key, ())
        return Onboarded(key, entity.name if entity else None, status, configured, self._missing(tx, key))
