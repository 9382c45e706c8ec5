"""What an operator does to applications: provision, list, rotate, revoke, block.

It works on the database alone, so a running platform sees it with its next request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from hirewire.db import Database, Transaction
from hirewire.platform.app import new_credentials
from hirewire.platform.applications import Application, Draft, Kind, Profile, State
from hirewire.platform.credentials import SECRET_CHARACTERS_MAX, Random, is_client_id, secret_matches
from hirewire.platform.effects import NewCredentials
from hirewire.platform.rules import Rules
from hirewire.platform.settings import check_resource_names
from hirewire.platform.stores import Stores
from hirewire.values.time import Millis
from hirewire.values.urn import Urn, UrnKind

T = TypeVar("T")

NAME_CHARACTERS_MAX = 50


class AdministrationError(ValueError):
    """What was asked cannot be done; the text says why and what can."""


@dataclass(frozen=True, slots=True)
class Provision:
    """A wish: an application bound to an organization, a contract, both or (a parent) neither."""

    organization: str | None = None
    contract: str | None = None
    name: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    is_parent: bool = False


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What came of it. ``client_secret`` is None for an application that existed: only its digest is known."""

    client_id: str
    client_secret: str | None
    organization: str | None
    contract: str | None
    is_new: bool

    def __repr__(self) -> str:
        return f"Provisioned({self.client_id})"


class Administration:
    """The operator's verbs, blocking: for command lines, not for event loops."""

    def __init__(self, database: Database, stores: Stores, random: Random, *, secret_cost: int) -> None:
        self._database = database
        self._stores = stores
        self._random = random
        self._secret_cost = secret_cost

    def provision(self, wish: Provision, now: Millis) -> Provisioned:
        """Create an application, or bind the one of that client id to what is asked; doing it again changes nothing.

        Raises:
            AdministrationError: an id is malformed, or an existing application has another secret.
        """
        contexts = _contexts(wish)
        check_wish(wish, contexts)
        existing = self._find(wish.client_id) if wish.client_id else None
        if existing is not None:
            self._check_same(existing, wish)
            self._write(lambda tx: self._bind_existing(tx, existing.client_id, wish, contexts))
            return Provisioned(existing.client_id, wish.client_secret, *_named(wish), is_new=False)
        credentials = new_credentials(self._random, self._secret_cost, wish.client_id, wish.client_secret)
        self._write(lambda tx: self._create(tx, wish, credentials, contexts, now))
        return Provisioned(credentials.client_id, credentials.client_secret, *_named(wish), is_new=True)

    def each(self) -> list[Application]:
        """Every application, in order of creation."""
        return self._database.read_now(lambda tx: list(self._stores.applications.each(tx)))

    def rotate(self, client_id: str, client_secret: str | None, now: Millis, *, revoke_tokens: bool) -> NewCredentials:
        """Give an application a new secret; its tokens stay good until they expire, unless they are to be revoked."""
        check_secret(client_secret)
        self._known(client_id)
        credentials = new_credentials(self._random, self._secret_cost, client_id, client_secret)

        def unit(tx: Transaction) -> None:
            self._stores.applications.set_secret(tx, client_id, credentials.secret_digest)
            self._stores.secrets.put(tx, client_id, credentials.client_secret)
            if revoke_tokens:
                self._stores.tokens.revoke_all(tx, client_id, now)

        self._write(unit)
        return credentials

    def revoke(self, client_id: str, now: Millis, *, only_tokens: bool) -> int:
        """Take back an application's tokens and, unless ``only_tokens``, the right to get new ones; how many tokens."""
        self._known(client_id)

        def unit(tx: Transaction) -> int:
            if not only_tokens:
                self._stores.applications.set_state(tx, client_id, State.REVOKED)
            return self._stores.tokens.revoke_all(tx, client_id, now)

        return self._write(unit)

    def set_state(self, client_id: str, state: State) -> None:
        """Block an application, or let it work again."""
        self._known(client_id)
        self._write(lambda tx: self._stores.applications.set_state(tx, client_id, state))

    def set_rules(self, client_id: str, rules: Rules) -> None:
        """Replace what an application is held to; absent rules mean the platform's own."""
        self._known(client_id)
        try:
            check_resource_names(rules.limits)
        except ValueError as error:
            raise AdministrationError(str(error)) from None

        def unit(tx: Transaction) -> None:
            self._stores.applications.set_rules(tx, client_id, rules)
            self._stores.callbacks.revalidate(tx, client_id)

        self._write(unit)

    def _create(
        self, tx: Transaction, wish: Provision, credentials: NewCredentials, contexts: list[str], now: Millis
    ) -> None:
        kind = Kind.PARENT if wish.is_parent else Kind.CUSTOMER
        profile = Profile(wish.name or _default_name(wish))
        draft = Draft(credentials.client_id, credentials.secret_digest, kind, profile)
        if self._stores.applications.add(tx, draft, now) is None:
            raise AdministrationError(f"{credentials.client_id} was created by somebody else just now: try again")
        self._stores.secrets.put(tx, credentials.client_id, credentials.client_secret)
        self._bind(tx, credentials.client_id, contexts)

    def _bind_existing(self, tx: Transaction, client_id: str, wish: Provision, contexts: list[str]) -> None:
        if wish.client_secret is not None:
            self._stores.secrets.put(tx, client_id, wish.client_secret)  # it may be older than sealing is
        self._bind(tx, client_id, contexts)

    def _bind(self, tx: Transaction, client_id: str, contexts: list[str]) -> None:
        for urn in contexts:
            self._stores.applications.bind(tx, client_id, urn)
        if len(contexts) == 2:
            organization, contract = contexts
            self._stores.own_contract(tx, contract, organization)

    def _check_same(self, existing: Application, wish: Provision) -> None:
        if wish.client_secret is not None and not secret_matches(wish.client_secret, existing.secret_digest):
            raise AdministrationError(
                f"{existing.client_id} exists and has another secret: leave the secret out to bind it to more, or"
                " rotate it to change the secret"
            )
        if wish.is_parent and existing.kind is not Kind.PARENT:
            raise AdministrationError(f"{existing.client_id} exists and is no parent application: choose another id")

    def _find(self, client_id: str) -> Application | None:
        return self._database.read_now(lambda tx: self._stores.applications.find(tx, client_id))

    def _known(self, client_id: str) -> Application:
        found = self._find(client_id) if is_client_id(client_id) else None
        if found is None:
            raise AdministrationError(
                f"there is no application {client_id[:128]!r}; `hirewire platform list` shows all"
            )
        return found

    def _write(self, unit: Callable[[Transaction], T]) -> T:
        return self._database.write_now(unit)


def check_wish(wish: Provision, contexts: list[str]) -> None:
    """Refuse what cannot be provisioned, with ``AdministrationError``."""
    if not contexts and not wish.is_parent:
        raise AdministrationError("expected an organization or a contract the application may touch, got neither")
    if wish.client_id is not None and not is_client_id(wish.client_id):
        raise AdministrationError(
            f"client id {wish.client_id[:128]!r}: expected letters, digits and ._~- (at most 128)"
        )
    check_secret(wish.client_secret)
    if wish.name is not None and not 0 < len(wish.name) <= NAME_CHARACTERS_MAX:
        raise AdministrationError(f"name: expected 1 to {NAME_CHARACTERS_MAX} characters, got {len(wish.name)}")


def check_secret(secret: str | None) -> None:
    """Refuse a secret that official clients could not send, with ``AdministrationError``."""
    if secret is not None and not 0 < len(secret) <= SECRET_CHARACTERS_MAX:
        raise AdministrationError(f"client secret: expected 1 to {SECRET_CHARACTERS_MAX} characters, got {len(secret)}")


def context_urn(text: str, kind: UrnKind) -> str:
    """The URN of an organization or contract given as URN or bare id; ``AdministrationError`` when it is neither."""
    try:
        return str(Urn.parse(text if ":" in text else f"urn:li:{kind.value}:{text}", kind))
    except ValueError as error:
        raise AdministrationError(f"{kind.value}: {error}") from None


def _named(wish: Provision) -> tuple[str | None, str | None]:
    return (
        context_urn(wish.organization, UrnKind.ORGANIZATION) if wish.organization else None,
        context_urn(wish.contract, UrnKind.CONTRACT) if wish.contract else None,
    )


def _contexts(wish: Provision) -> list[str]:
    return [urn for urn in _named(wish) if urn is not None]


def _default_name(wish: Provision) -> str:
    return f"Customer {wish.organization or wish.contract}"[:NAME_CHARACTERS_MAX] if not wish.is_parent else "Parent"
