"""Everything one can set about the connector, with its default and its bound. Where values come from is runtime's."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from hirewire.catalog.generations import LATEST, VERSIONS, Dialect, Generation
from hirewire.catalog.hosts import API_URL
from hirewire.catalog.model import Limits
from hirewire.plan.answers import Patience
from hirewire.plan.retry import RetryPolicy
from hirewire.runtime.settings import Section
from hirewire.sync.kinds import KINDS, Kind
from hirewire.sync.route import Route
from hirewire.values.time import SECOND_MS
from hirewire.values.urn import Urn, UrnError, UrnKind
from hirewire.wire.protocol import Protocol

LEASE_SPARE_S = 1.0
"""How much longer than a request's deadline a lease lasts at least: so long may recording its outcome take."""

Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]


class CustomerSettings(Section):
    """One customer: whose notes, under which application of the platform, in which dialect."""

    organization: str = Field(description="the customer's organization: its URN, or the number in it")
    client_id: str = Field(min_length=1, description="the application whose throttles count")
    client_secret: SecretStr = Field(description="its secret; client_secret_file names a file that holds it")
    generation: Literal["rest", "v2"] = Field("rest", description="the API to speak: /rest or /v2")
    version: str = Field(LATEST, description="the LinkedIn-Version of /rest")
    protocol: Literal["1.0.0", "2.0.0"] = Field("2.0.0", description="the Rest.li protocol to speak")

    @field_validator("organization")
    @classmethod
    def _as_urn(cls, text: str) -> str:
        return organization_urn(text)

    @field_validator("version")
    @classmethod
    def _known_version(cls, version: str) -> str:
        if version not in VERSIONS:
            raise ValueError(f"expected one of {', '.join(VERSIONS)}, got {version!r}")
        return version

    def dialect(self) -> Dialect:
        """How to speak to the platform for this customer."""
        generation = Generation(self.generation)
        return Dialect(generation, Protocol(self.protocol), self.version if generation.is_dated else None)


class LimitSettings(Section):
    """Throttles of one resource, per application. Never set them higher than the platform's."""

    requests_per_day: int = Field(ge=1, le=1_000_000_000, description="requests from 00:00 to 00:00 UTC")
    records_per_minute: int | None = Field(None, ge=1, le=1_000_000_000, description="records in a minute")
    records_per_batch: int = Field(100, ge=1, le=100, description="records in one request")


class ConnectorSettings(Section):
    """The ``[connector]`` table."""

    database: str = Field(
        "sqlite:///hirewire.db",
        description="where the outbox is: sqlite:///FILE or postgresql://...; best the ATS's own",
    )
    base_url: str = Field(API_URL, description="where the platform is")
    token_url: str | None = Field(None, description="where tokens are had; beside base_url unless given")
    customers: tuple[CustomerSettings, ...] = Field((), description="whose records are sent")
    limits: dict[str, LimitSettings] = Field(
        default_factory=dict, description="throttles by resource; as documented unless given"
    )

    timeout_s: Seconds = Field(30.0, description="the deadline of one request, from connecting to the last byte")
    quarantine_s: Seconds = Field(
        60.0,
        description="how long after its deadline a request without an answer may still arrive; until then nothing else "
        "is sent of its records",
    )
    lease_s: Seconds = Field(60.0, description="how long a connector that died keeps others from taking over")
    poll_s: Seconds = Field(0.25, description="how often the outbox is looked at when nothing is due")
    retry_first_s: Seconds = Field(2.0, description="the first pause after a failure; it doubles")
    retry_longest_s: Seconds = Field(600.0, description="the longest pause after a failure")
    attempts_max: int = Field(
        12, ge=1, le=1_000, description="how often one record is tried while others succeed, before it is parked"
    )
    hold_s: Seconds = Field(3_600.0, description="the pause after a refusal of the whole application (401, 403, ...)")
    stop_s: Seconds = Field(35.0, description="how long a request in flight may take when the connector is stopped")
    body_bytes_max: int = Field(1_000_000, ge=10_000, le=10_000_000, description="the largest request body")
    keep_days: int = Field(90, ge=1, le=36_500, description="how long the stories of records are kept")

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"

    @field_validator("limits")
    @classmethod
    def _of_known_kinds(cls, limits: Mapping[str, LimitSettings]) -> Mapping[str, LimitSettings]:
        if unknown := sorted(set(limits) - set(KINDS)):
            raise ValueError(f"expected some of {', '.join(KINDS)}, got {', '.join(unknown)}")
        return limits

    @model_validator(mode="after")
    def _consistent(self) -> ConnectorSettings:
        if self.lease_s < self.timeout_s + LEASE_SPARE_S:
            raise ValueError(
                f"lease_s must be at least timeout_s + {LEASE_SPARE_S:g} ({self.timeout_s + LEASE_SPARE_S:g}), got "
                f"{self.lease_s:g}: a request must not outlive the right to send it"
            )
        organizations = [customer.organization for customer in self.customers]
        if twice := sorted({each for each in organizations if organizations.count(each) > 1}):
            raise ValueError(f"customers: {', '.join(twice)} is listed twice; list each organization once")
        secrets: dict[str, SecretStr] = {}
        for customer in self.customers:
            if secrets.setdefault(customer.client_id, customer.client_secret) != customer.client_secret:
                raise ValueError(f"customers: client_id {customer.client_id!r} is given with two different secrets")
        return self

    def applications(self) -> dict[str, list[CustomerSettings]]:
        """The customers by the application that serves them."""
        grouped: dict[str, list[CustomerSettings]] = {}
        for customer in self.customers:
            grouped.setdefault(customer.client_id, []).append(customer)
        return grouped

    def limits_of(self, kind: Kind) -> Limits:
        """The throttles of a kind: as set, else as documented."""
        documented, given = kind.resource.limits, self.limits.get(kind.name)
        if given is None:
            return documented
        minute = documented.records_per_minute if given.records_per_minute is None else given.records_per_minute
        return Limits(given.requests_per_day, minute, given.records_per_batch)

    def routes_of(self, customer: CustomerSettings) -> list[Route]:
        """Where the customer's records go, one route a kind."""
        return [self.route(customer, kind) for kind in KINDS.values()]

    def route(self, customer: CustomerSettings, kind: Kind) -> Route:
        """Where one kind of a customer's records goes."""
        return Route(
            application=customer.client_id,
            tenant=customer.organization,
            kind=kind,
            dialect=customer.dialect(),
            limits=self.limits_of(kind),
            patience=Patience(
                quarantine_ms=_ms(self.quarantine_s),
                attempts_max=self.attempts_max,
                backoff=RetryPolicy(first_s=self.retry_first_s, longest_s=self.retry_longest_s),
                hold_ms=_ms(self.hold_s),
            ),
            timeout_ms=_ms(self.timeout_s),
            poll_ms=_ms(self.poll_s),
            body_bytes_max=self.body_bytes_max,
        )


@functools.lru_cache(maxsize=1_024)
def organization_urn(text: str) -> str:
    """An organization's URN, of the URN itself or of the number in it; ``ValueError`` for anything else.

    >>> organization_urn("123")
    'urn:li:organization:123'
    """
    try:
        return str(Urn.parse(f"urn:li:organization:{text}" if text.isdecimal() else text, UrnKind.ORGANIZATION))
    except UrnError:
        raise ValueError(f"expected an organization such as 12345 or urn:li:organization:12345, got {text!r}") from None


def _ms(seconds: float) -> int:
    return max(1, round(seconds * SECOND_MS))
