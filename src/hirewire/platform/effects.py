"""What a behaviour is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from hirewire.catalog.call import Call, Key, Reply
from hirewire.db import Transaction
from hirewire.plan.addresses import AllowedHosts
from hirewire.platform.applications import Application
from hirewire.platform.rules import Effective
from hirewire.platform.stores import Stores
from hirewire.values.time import Millis


@dataclass(frozen=True, slots=True)
class NewCredentials:
    """A key pair made before the unit began: digesting a secret takes too long for a database's thread."""

    client_id: str
    client_secret: str
    secret_digest: str

    def __repr__(self) -> str:
        return f"NewCredentials({self.client_id})"


@dataclass(frozen=True, slots=True)
class Handling:
    """What a behaviour may know besides its call."""

    application: Application
    rules: Effective
    stores: Stores
    now: Millis
    credentials: NewCredentials | None = None
    hosts_allowed: AllowedHosts = AllowedHosts()


@dataclass(frozen=True, slots=True)
class Effect:
    """The answer, and the keys answered as done although nothing changed, because what is stored is newer."""

    reply: Reply
    stale: tuple[Key, ...] = ()


Behaviour: TypeAlias = Callable[[Transaction, Call, Handling], Effect]
"""What performs a call. It may run again after a collision with another transaction."""
