"""What every conversation of one client needs to know: where, who, in which dialect, how patiently. All of it values.

Not here: where the values come from (credentials.py) and how requests travel (transports.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol as Interface
from urllib.parse import urlsplit

from hirewire.catalog.generations import Dialect, Generation
from hirewire.catalog.model import Resource
from hirewire.client.errors import ConfigurationError
from hirewire.client.ledger import Ledger
from hirewire.client.tokens import Credentials, TokenCache
from hirewire.plan.retry import RetryPolicy
from hirewire.runtime.clock import Clock
from hirewire.wire.protocol import Protocol


class Dice(Interface):
    """Randomness as an argument: ``random.Random`` is one, seeded or the system's."""

    def random(self) -> float:
        """A number in [0, 1)."""
        ...

    def getrandbits(self, k: int, /) -> int:
        """``k`` random bits."""
        ...


@dataclass(frozen=True, slots=True)
class Address:
    """A base URL taken apart: the origin connections are made to, and the path every target is put behind."""

    origin: str
    path: str = ""

    @classmethod
    def parse(cls, url: str, *, setting: str) -> Address:
        """Read an absolute ``http`` or ``https`` URL; ``setting`` names it in errors."""
        try:
            parts = urlsplit(url)
            is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
            (parts.hostname or "").encode("idna")
        except ValueError:
            raise _no_url(setting, url) from None
        if not is_usable or not url.isascii() or not url.isprintable() or " " in url:
            raise _no_url(setting, url)
        if parts.username is not None or parts.query or parts.fragment:
            # Not quoted: what stands before an @ may be a secret.
            raise ConfigurationError(f"{setting}: expected a URL without user, query and fragment")
        return cls(f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/"))

    @property
    def host(self) -> str:
        """The value of the ``Host`` header."""
        return urlsplit(self.origin).netloc


def _no_url(setting: str, url: str) -> ConfigurationError:
    return ConfigurationError(f"{setting}: expected a URL such as https://api.example.com, got {url!r}")


@dataclass(frozen=True, slots=True)
class Options:
    """How a client behaves. Times are seconds.

    ``timeout`` bounds one HTTP request from the wait for a connection to the last byte of the answer; ``total_timeout``
    a whole call with its retries and pauses. ``check_first`` applies the platform's documented rules to each record
    before it is sent; ``max_body_bytes`` bounds the body of one request.
    """

    timeout: float = 30.0
    total_timeout: float | None = None
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    check_first: bool = True
    max_body_bytes: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Session:
    """Everything a flow may use. Copies made by ``with_options`` share credentials, tokens and ledger."""

    api: Address
    token_url: Address
    credentials: Credentials = field(repr=False)
    generation: Generation
    version: str
    protocol: Protocol
    options: Options
    user_agent: str
    clock: Clock = field(repr=False)
    random: Dice = field(repr=False)
    tokens: TokenCache = field(default_factory=TokenCache, repr=False)
    ledger: Ledger = field(default_factory=Ledger, repr=False)

    def dialect_for(self, resource: Resource) -> Dialect:
        """How to speak to a resource: the client's generation, or the only one the resource is offered in."""
        view = resource.view(self.generation) or resource.views[0]
        version = self.version if view.generation.is_dated else None
        return Dialect(view.generation, self.protocol, version)
