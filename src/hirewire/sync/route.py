"""Where one customer's records of one kind go, and within which bounds. A value; settings are read elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from hirewire.catalog.generations import Dialect
from hirewire.catalog.model import Limits, View
from hirewire.catalog.rules import NOT_FUTURE
from hirewire.plan.answers import Patience
from hirewire.sync.kinds import Kind


@dataclass(frozen=True, slots=True)
class Route:
    """``application`` is the client id whose throttles count, ``tenant`` the customer's integration context.

    ``timeout_ms`` is the wall deadline of a request; ``poll_ms`` how often the tables are looked at when nothing is due.
    """

    application: str
    tenant: str
    kind: Kind
    dialect: Dialect
    limits: Limits
    patience: Patience = field(default_factory=Patience)
    timeout_ms: int = 30_000
    poll_ms: int = 250
    body_bytes_max: int = 1_000_000

    @property
    def view(self) -> View:
        """How the customer's generation spells the kind."""
        view = self.kind.resource.view(self.dialect.generation)
        assert view is not None, f"{self.kind.name} is not offered in {self.dialect.generation.value}"
        return view

    @property
    def records_max(self) -> int:
        """The most records of one request: a batch larger than a minute's records could never be sent."""
        per_minute = self.limits.records_per_minute
        return self.limits.records_per_batch if per_minute is None else min(self.limits.records_per_batch, per_minute)

    @property
    def window(self) -> int:
        """How many due entities to look at: more where a request must share a parent, so that it fills up."""
        return self.records_max * (4 if self.kind.shares_parent(self.view) else 1)

    @property
    def past_fields(self) -> tuple[str, ...]:
        """The fields of an entity that must not lie in the future."""
        return tuple(field.name for field in self.view.fields.fields if NOT_FUTURE in field.rules)
