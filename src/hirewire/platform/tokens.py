"""Access tokens: given out, found again, revoked, forgotten. Stored are digests; a bounded cache saves the lookup.

The cache cannot outlive a revocation: every request compares the change count its cached grant was read at with the
stored one inside its own transaction, and begins anew when they differ.
"""

from __future__ import annotations

import enum
from collections import OrderedDict
from dataclasses import dataclass

from hirewire.db import Database, Statements, Transaction
from hirewire.platform.applications import Application, Applications, State
from hirewire.platform.credentials import token_digest
from hirewire.values.time import DAY_MS, Millis

FORGOTTEN_AFTER_MS = DAY_MS
"""An expired token is told apart from an unknown one for this long."""


class Standing(enum.Enum):
    """Whether a token is still good, and if not, why."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token stands for, as it was at ``change_count``."""

    digest: bytes
    application: Application
    issued_at: Millis
    expires_at: Millis
    revoked_at: Millis | None
    change_count: int

    def standing(self, now: Millis) -> Standing:
        """What the token is worth at ``now``. One that was revoked, or whose application was, stays so for ever."""
        if self.revoked_at is not None or self.application.state is State.REVOKED:
            return Standing.REVOKED
        return Standing.EXPIRED if now >= self.expires_at else Standing.ACTIVE


class Tokens:
    """The stored tokens."""

    def __init__(self, statements: Statements, applications: Applications) -> None:
        self._statements = statements
        self._applications = applications

    def add(self, tx: Transaction, digest: bytes, client_id: str, now: Millis, expires_at: Millis) -> None:
        """Store a token that was given out, and forget some that nobody can remember."""
        tx.execute(
            self._statements["add_token"],
            {"digest": digest, "client_id": client_id, "issued_at": now, "expires_at": expires_at},
        )
        tx.execute(self._statements["prune_tokens"], {"before": now - FORGOTTEN_AFTER_MS})

    def find(self, tx: Transaction, digest: bytes) -> Grant | None:
        """What is known of a token."""
        row = tx.one(self._statements["find_token"], {"digest": digest})
        application = None if row is None else self._applications.find(tx, row[0])
        if row is None or application is None:
            return None
        _, issued_at, expires_at, revoked_at = row
        return Grant(digest, application, issued_at, expires_at, revoked_at, self._applications.change_count(tx))

    def revoke_all(self, tx: Transaction, client_id: str, now: Millis) -> int:
        """Take back every token of an application that is remembered; how many there were."""
        count = tx.execute(self._statements["revoke_tokens"], {"client_id": client_id, "now": now})
        self._applications.count_change(tx)
        return count


class TokenCache:
    """The grants of tokens seen lately, least recently used first out. For one event loop."""

    def __init__(self, database: Database, tokens: Tokens, *, size_max: int) -> None:
        self._database = database
        self._tokens = tokens
        self._size_max = size_max
        self._grants: OrderedDict[bytes, Grant] = OrderedDict()

    async def find(self, token: str) -> Grant | None:
        """What a token stands for, or stood for when it was last looked up."""
        digest = token_digest(token)
        grant = self._grants.get(digest)
        if grant is not None:
            self._grants.move_to_end(digest)
            return grant
        grant = await self._database.read(lambda tx: self._tokens.find(tx, digest))
        if grant is not None:
            self._keep(grant)
        return grant

    def forget(self, grant: Grant) -> None:
        """It is no longer current: the next ``find`` looks it up."""
        self._grants.pop(grant.digest, None)

    def _keep(self, grant: Grant) -> None:
        self._grants[grant.digest] = grant
        if len(self._grants) > self._size_max:
            self._grants.popitem(last=False)
