"""Applications: who may call the platform, on whose behalf, and what each is held to. Tokens are tokens.py's."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from hirewire.db import Statements, Transaction
from hirewire.platform.rules import Rules
from hirewire.values.time import Millis
from hirewire.values.urn import Urn, UrnKind


class State(enum.Enum):
    """What an application may do at all."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    """Gets tokens, and a 403 for every call."""
    REVOKED = "revoked"
    """Gets no tokens, and the ones it had are void."""


class Kind(enum.Enum):
    """A parent provisions, and may hold data too where it is bound; a customer's application only holds data."""

    PARENT = "parent"
    CUSTOMER = "customer"


class Profile(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an application's owner says about it."""

    name: str
    description: str | None = None
    callback_urls: tuple[str, ...] | None = None
    js_domains: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An application that does not exist yet."""

    client_id: str
    secret_digest: str
    kind: Kind
    profile: Profile
    parent: str | None = None
    unique_foreign_id: str | None = None
    rules: Rules = Rules()


@dataclass(frozen=True, slots=True)
class Application:
    """One application as stored; ``contexts`` are the URNs of the organizations and contracts it is bound to."""

    number: int
    client_id: str
    kind: Kind
    parent: str | None
    unique_foreign_id: str | None
    profile: Profile
    secret_digest: str
    state: State
    rules: Rules
    created_at: Millis
    contexts: frozenset[str]

    @property
    def urn(self) -> str:
        """How the provisioning API names it."""
        return str(Urn(UrnKind.DEVELOPER_APPLICATION, str(self.number)))

    def __repr__(self) -> str:
        return f"Application({self.client_id})"


class Applications:
    """The stored applications. Whatever changes one is counted, so that no cache outlives it."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def change_count(self, tx: Transaction) -> int:
        """A number that grows with every change of an application, a binding or a revocation."""
        row = tx.one(self._statements["read_change_count"])
        return int(row[0]) if row else 0

    def count_change(self, tx: Transaction) -> None:
        """Make every cache look again."""
        tx.execute(self._statements["count_change"])

    def add(self, tx: Transaction, draft: Draft, now: Millis) -> Application | None:
        """Store a new application; None when its client id, or its parent's foreign id, is taken."""
        row = tx.one(
            self._statements["add_application"],
            {
                "client_id": draft.client_id,
                "kind": draft.kind.value,
                "parent": draft.parent,
                "unique_foreign_id": _foreign_id_text(draft.unique_foreign_id),
                "profile": msgspec.json.encode(draft.profile),
                "secret_digest": draft.secret_digest,
                "state": State.ACTIVE.value,
                "rules": msgspec.json.encode(draft.rules),
                "created_at": now,
            },
        )
        if row is None:
            return None
        self.count_change(tx)
        return self.find(tx, draft.client_id)

    def find(self, tx: Transaction, client_id: str) -> Application | None:
        """One application by its client id."""
        return self._one(tx, "find_application", client_id=client_id)

    def find_by_number(self, tx: Transaction, number: int) -> Application | None:
        """One application by the number in its URN."""
        return self._one(tx, "find_application_by_number", number=number)

    def find_child(self, tx: Transaction, parent: str, unique_foreign_id: str) -> Application | None:
        """What ``parent`` created under that foreign id."""
        return self._one(tx, "find_child", parent=parent, unique_foreign_id=_foreign_id_text(unique_foreign_id))

    def each(self, tx: Transaction) -> Iterator[Application]:
        """Every application, in order of creation."""
        for row in tx.rows(self._statements["list_applications"]):
            yield self._read(tx, row)

    def bind(self, tx: Transaction, client_id: str, urn: str) -> None:
        """Let an application touch what belongs to an organization or a contract."""
        tx.execute(self._statements["add_context"], {"client_id": client_id, "urn": urn})
        self.count_change(tx)

    def set_profile(self, tx: Transaction, client_id: str, profile: Profile) -> None:
        """Replace what its owner says about it."""
        self._set(tx, "set_profile", client_id, profile=msgspec.json.encode(profile))

    def set_rules(self, tx: Transaction, client_id: str, rules: Rules) -> None:
        """Replace what it is held to."""
        self._set(tx, "set_rules", client_id, rules=msgspec.json.encode(rules))

    def set_state(self, tx: Transaction, client_id: str, state: State) -> None:
        """Let it work, block it, or revoke it."""
        self._set(tx, "set_state", client_id, state=state.value)

    def set_secret(self, tx: Transaction, client_id: str, secret_digest: str) -> None:
        """Replace its secret; the old one is void at once."""
        self._set(tx, "set_secret", client_id, secret_digest=secret_digest)

    def _set(self, tx: Transaction, statement: str, client_id: str, **value: Any) -> None:
        tx.execute(self._statements[statement], {"client_id": client_id, **value})
        self.count_change(tx)

    def _one(self, tx: Transaction, statement: str, **params: Any) -> Application | None:
        row = tx.one(self._statements[statement], params)
        return None if row is None else self._read(tx, row)

    def _read(self, tx: Transaction, row: tuple[Any, ...]) -> Application:
        client_id, number, kind, parent, foreign_id, profile, secret_digest, state, rules, created_at = row
        contexts = tx.rows(self._statements["list_contexts"], {"client_id": client_id})
        return Application(
            number=number,
            client_id=client_id,
            kind=Kind(kind),
            parent=parent,
            unique_foreign_id=None if foreign_id is None else msgspec.json.decode(foreign_id, type=str),
            profile=msgspec.json.decode(profile, type=Profile),
            secret_digest=secret_digest,
            state=State(state),
            rules=msgspec.json.decode(rules, type=Rules),
            created_at=Millis(created_at),
            contexts=frozenset(urn for (urn,) in contexts),
        )


def _foreign_id_text(foreign_id: str | None) -> str | None:
    # As JSON, because PostgreSQL's text cannot hold a NUL and a foreign id may be any text.
    return None if foreign_id is None else msgspec.json.encode(foreign_id).decode()
