"""What one application is held to: throttles, write mode, strictness. Absent means the layer below decides.

Three layers, each over the next: the application's own rules, the platform's settings, what is documented.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypeVar

import msgspec

from hirewire.catalog.lifecycle_actions import LIFECYCLE_ACTION, LIFECYCLE_CONTEXT
from hirewire.catalog.model import Limits, Resource
from hirewire.catalog.rules import Reading
from hirewire.plan.delivery import ValidationMode
from hirewire.values.time import Millis

COUNT_MAX = 2**62
"""The largest limit one can set: counters are 64-bit integers in both databases."""

T = TypeVar("T")
_Count = Annotated[int, msgspec.Meta(ge=0, le=COUNT_MAX)]
ACTION_NAME = r"^[A-Z][A-Z0-9_]{0,59}$"
"""How the names of lifecycle actions look."""
ActionName = Annotated[str, msgspec.Meta(pattern=ACTION_NAME)]
_CONTEXT_WAIVED = frozenset({LIFECYCLE_CONTEXT})


class WriteMode(enum.Enum):
    """Which of two writes of one entity wins (decision G-16); deletes are applied in order of arrival in every mode."""

    NEWEST = "newest"
    """The greater ``last_modified_at`` wins where both writes carry one; an older write is answered 204, changes nothing."""
    ARRIVAL = "arrival"
    """The later arrival wins."""
    STRICT = "strict"
    """As NEWEST, but an older write is refused with a 409 of its own."""


class PagingMode(enum.Enum):
    """What a page of prospect notes begins with while notes move to later windows (decision G-54)."""

    CONTINUED = "continued"
    """Behind the last note of the page before it, as far as that was served within the hour: nothing that stays is missed."""
    PLAIN = "plain"
    """At its index: what moved away has shifted the rest, and a walk may miss notes."""


class LimitRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Throttles of one resource that differ from the documented ones."""

    requests_per_day: _Count | None = None
    records_per_minute: _Count | None = None
    records_per_batch: _Count | None = None


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One layer of rules; ``limits`` is by resource name ("application_notes")."""

    write_mode: WriteMode | None = None
    future_tolerance_ms: _Count | None = None
    refuse_unknown_fields: bool | None = None
    accept_digit_strings: bool | None = None
    require_integration: bool | None = None
    """A configuration for an integration that was never created is a 404 of its own (decision G-28)."""
    allow_callback_delete: bool | None = None
    """CALLBACK_URL can be deleted, as the sample of its document shows and its text forbids (decision G-24)."""
    callback_validation: ValidationMode | None = None
    """Whether callbacks are challenged, and what a failure means (decision G-49)."""
    optional_lifecycle_context: bool | None = None
    """A lifecycle action may leave its integration context out (decision G-33)."""
    extra_lifecycle_actions: tuple[ActionName, ...] | None = None
    """Lifecycle actions that are accepted beside the documented three; what they mean to an applicant nobody knows."""
    require_job_application: bool | None = None
    """A lifecycle action on a job application that is not known is a 404 (decision G-34)."""
    paging: PagingMode | None = None
    strict_windows: bool | None = None
    """A window of prospect notes that is open, or longer than 12 hours, is a 400 (decision G-20)."""
    limits: dict[str, LimitRules] = {}

    def over(self, lower: Rules) -> Rules:
        """These rules, with every absent one taken from ``lower``."""
        names = {*self.limits, *lower.limits}
        return Rules(
            write_mode=_first(self.write_mode, lower.write_mode),
            future_tolerance_ms=_first(self.future_tolerance_ms, lower.future_tolerance_ms),
            refuse_unknown_fields=_first(self.refuse_unknown_fields, lower.refuse_unknown_fields),
            accept_digit_strings=_first(self.accept_digit_strings, lower.accept_digit_strings),
            require_integration=_first(self.require_integration, lower.require_integration),
            allow_callback_delete=_first(self.allow_callback_delete, lower.allow_callback_delete),
            callback_validation=_first(self.callback_validation, lower.callback_validation),
            optional_lifecycle_context=_first(self.optional_lifecycle_context, lower.optional_lifecycle_context),
            extra_lifecycle_actions=_first(self.extra_lifecycle_actions, lower.extra_lifecycle_actions),
            require_job_application=_first(self.require_job_application, lower.require_job_application),
            paging=_first(self.paging, lower.paging),
            strict_windows=_first(self.strict_windows, lower.strict_windows),
            limits={name: _limits_over(self.limits.get(name, _NONE), lower.limits.get(name, _NONE)) for name in names},
        )


@dataclass(frozen=True, slots=True)
class Effective:
    """The rules an application is held to, every layer merged, nothing absent."""

    write_mode: WriteMode
    future_tolerance_ms: int
    refuse_unknown_fields: bool
    accept_digit_strings: bool
    require_integration: bool
    allow_callback_delete: bool
    callback_validation: ValidationMode
    optional_lifecycle_context: bool
    extra_lifecycle_actions: tuple[str, ...]
    require_job_application: bool
    paging: PagingMode
    strict_windows: bool
    limits: Mapping[str, LimitRules]

    def limits_of(self, resource: Resource) -> Limits:
        """The documented throttles of a resource, less what these rules say otherwise."""
        documented, own = resource.limits, self.limits.get(resource.name, _NONE)
        per_day = documented.requests_per_day if own.requests_per_day is None else own.requests_per_day
        per_minute = documented.records_per_minute if own.records_per_minute is None else own.records_per_minute
        per_batch = documented.records_per_batch if own.records_per_batch is None else own.records_per_batch
        return Limits(per_day, per_minute, per_batch)

    def reading(self, now: Millis) -> Reading:
        """How entities that arrive at ``now`` are read."""
        return Reading(
            now,
            self.future_tolerance_ms,
            self.refuse_unknown_fields,
            self.accept_digit_strings,
            waived=_CONTEXT_WAIVED if self.optional_lifecycle_context else frozenset(),
            extra_values={LIFECYCLE_ACTION: frozenset(self.extra_lifecycle_actions)},
        )


def effective(*layers: Rules) -> Effective:
    """Merge layers, the highest first, over what is documented."""
    merged = Rules()
    for layer in reversed(layers):
        merged = layer.over(merged)
    return Effective(
        merged.write_mode or WriteMode.NEWEST,
        merged.future_tolerance_ms or 0,
        bool(merged.refuse_unknown_fields),
        bool(merged.accept_digit_strings),
        bool(merged.require_integration),
        bool(merged.allow_callback_delete),
        merged.callback_validation or ValidationMode.OFF,
        bool(merged.optional_lifecycle_context),
        merged.extra_lifecycle_actions or (),
        bool(merged.require_job_application),
        merged.paging or PagingMode.CONTINUED,
        bool(merged.strict_windows),
        merged.limits,
    )


_NONE = LimitRules()


def _limits_over(upper: LimitRules, lower: LimitRules) -> LimitRules:
    return LimitRules(
        _first(upper.requests_per_day, lower.requests_per_day),
        _first(upper.records_per_minute, lower.records_per_minute),
        _first(upper.records_per_batch, lower.records_per_batch),
    )


def _first(upper: T | None, lower: T | None) -> T | None:
    return lower if upper is None else upper
