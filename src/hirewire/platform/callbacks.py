"""Callbacks: where a customer's push events go, whose secret signs them, and how that is going.

The configuration a partner reads back is a record like any other; this is what delivering needs to know besides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hirewire.db import Statements, Transaction
from hirewire.plan.addresses import same_callback
from hirewire.plan.delivery import Disabled, Health, Standing, Validation
from hirewire.values.time import Millis

_LISTED_MAX = 100_000


@dataclass(frozen=True, slots=True)
class CallbackKey:
    """Which callback: the customer's organization and the integration it was configured for."""

    organization: str
    integration_type: str
    tenant_type: str


@dataclass(frozen=True, slots=True)
class Callback:
    """One registered callback; ``client_id`` registered it and its secret signs."""

    key: CallbackKey
    url: str
    client_id: str
    registered_at: Millis
    health: Health
    standing: Standing
    next_validation_at: Millis
    challenge_error: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A callback with the moment its earliest waiting event is due."""

    callback: Callback
    due_at: Millis


class Callbacks:
    """The stored callbacks."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def find(self, tx: Transaction, key: CallbackKey) -> Callback | None:
        """One callback; nobody else changes it before the transaction ends."""
        row = tx.one(self._statements["lock_callback"], _key_params(key))
        return None if row is None else _read(row)

    def of(self, tx: Transaction, organization: str | None) -> list[Callback]:
        """The callbacks of one organization, or of all."""
        params = {"organization": organization, "count": _LISTED_MAX}
        return [_read(row) for row in tx.rows(self._statements["list_callbacks"], params)]

    def claim_url(self, tx: Transaction, organization: str, url: str) -> bool:
        """Make a URL a customer's own; False when it is another's, who keeps it (decision G-27)."""
        params = {"url": same_callback(url), "organization": organization}
        row = tx.one(self._statements["own_callback_url"], params)
        return row is not None and row[0] == organization

    def register(self, tx: Transaction, key: CallbackKey, url: str, client_id: str, now: Millis) -> Callback:
        """Store a callback whose URL was claimed, and challenge it at once, where the tenant's rules want that.

        A new URL begins anew. The same one again keeps its record, but is enabled and unblocked by it.
        """
        before = self.find(tx, key)
        callback = Callback(key, url, client_id, now, Health(), Standing(), now)
        if before is not None and before.url == url and before.client_id == client_id:
            standing = replace(before.standing, failures=0)
            if standing.validation is Validation.BLOCKED:
                standing = replace(standing, validation=Validation.UNVALIDATED)
            health = Health(last_success_at=before.health.last_success_at) if before.health.disabled else before.health
            callback = replace(before, health=health, standing=standing, next_validation_at=now)
        self.save(tx, callback)
        if before is not None:
            self._give_up(tx, key.organization, before.url)
        return callback

    def forget(self, tx: Transaction, key: CallbackKey) -> None:
        """Remove a callback; its URL is free for others when nothing else of the customer uses it."""
        before = self.find(tx, key)
        tx.execute(self._statements["delete_callback"], _key_params(key))
        if before is not None:
            self._give_up(tx, key.organization, before.url)

    def save(self, tx: Transaction, callback: Callback) -> None:
        """Store all of a callback."""
        tx.execute(self._statements["put_callback"], _params(callback))

    def waiting(self, tx: Transaction) -> list[Due]:
        """Every callback that is enabled and has events waiting, the earliest first."""
        return [Due(_read(row[:-1]), Millis(row[-1])) for row in tx.rows(self._statements["list_waiting_callbacks"])]

    def next_validations(self, tx: Transaction, count: int) -> list[Callback]:
        """The callbacks whose challenge is due next, due or not."""
        return [_read(row) for row in tx.rows(self._statements["list_due_validations"], {"count": count})]

    def revalidate(self, tx: Transaction, client_id: str) -> None:
        """Challenge every callback of an application at once: its rules have changed."""
        tx.execute(self._statements["revalidate_callbacks"], {"client_id": client_id})

    def _give_up(self, tx: Transaction, organization: str, url: str) -> None:
        wanted = same_callback(url)
        if all(same_callback(each.url) != wanted for each in self.of(tx, organization)):
            tx.execute(self._statements["disown_callback_url"], {"url": wanted, "organization": organization})


def _key_params(key: CallbackKey) -> dict[str, Any]:
    return {
        "organization": key.organization,
        "integration_type": key.integration_type,
        "tenant_type": key.tenant_type,
    }


def _params(callback: Callback) -> dict[str, Any]:
    health, standing = callback.health, callback.standing
    return {
        **_key_params(callback.key),
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


def _read(row: tuple[Any, ...]) -> Callback:
    organization, integration_type, tenant_type, url, client_id, registered_at, *rest = row
    disabled, last_success_at, failing_since, warnings, *rest = rest
    validation, failures, validated_at, next_validation_at, challenge_error = rest
    return Callback(
        CallbackKey(organization, integration_type, tenant_type),
        url,
        client_id,
        registered_at,
        Health(None if disabled is None else Disabled(disabled), last_success_at, failing_since, warnings),
        Standing(Validation(validation), failures, validated_at),
        next_validation_at,
        challenge_error,
    )
