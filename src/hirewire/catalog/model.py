"""The vocabulary the platform is described in: resources, the views that spell them, finders, limits.

Everything here is data. codec.py is its only interpreter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from hirewire.catalog.call import Entity, InputError, Key
from hirewire.catalog.fields import Kind, Record
from hirewire.catalog.generations import Generation
from hirewire.catalog.keys import KeyShape, part_names
from hirewire.wire.methods import Method
from hirewire.wire.routing import Template


@dataclass(frozen=True, slots=True)
class Limits:
    """Published throttles of one resource, per application, shared by all its views (decision G-4).

    ``requests_per_day`` counts from 00:00 UTC to 00:00 UTC, ``records_per_minute`` within one UTC minute (None: no such
    limit is published), ``records_per_batch`` the distinct ids of one request.
    """

    requests_per_day: int
    records_per_minute: int | None
    records_per_batch: int


KeyRule: TypeAlias = Callable[[Key], InputError | None]
"""A rule of several parts of a key together: what is wrong, or None."""

EntityRule: TypeAlias = Callable[[Key, Any], InputError | None]
"""A rule of an entity that depends on its key: what is wrong, or None."""


@dataclass(frozen=True, slots=True)
class Param:
    """One argument of a finder: logical name, wire name, what it holds (``ListOf`` for a repeatable one)."""

    name: str
    wire: str
    kind: Kind
    required: bool = False


@dataclass(frozen=True, slots=True)
class Finder:
    """A finder: the value of ``q`` and its arguments. ``needs_start`` refuses a request that names no ``start``."""

    name: str
    params: tuple[Param, ...]
    needs_start: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class View:
    """How one generation spells one resource.

    ``parent`` is the compound key that stands in the path between two names (None: there is none); ``key`` the key in
    ``ids`` or at the end of the path. ``create_returns`` says that the answer of a create carries the entity,
    ``has_statuses`` that the answer of a batch get carries ``statuses``.
    """

    generation: Generation
    template: Template
    methods: frozenset[Method]
    key: KeyShape
    fields: Record
    parent: KeyShape | None = None
    finders: tuple[Finder, ...] = ()
    create_returns: bool = False
    has_statuses: bool = False

    @property
    def shared_parts(self) -> tuple[str, ...]:
        """The logical key parts that every key of one call must share, because the path holds them."""
        return tuple(part.name for part in self.parent.parts if part.name) if self.parent else ()

    def __repr__(self) -> str:
        return f"View({'/'.join(self.template.segments)})"

    def finder(self, name: str) -> Finder | None:
        """The finder of that name, if there is one."""
        return next((finder for finder in self.finders if finder.name == name), None)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Resource:
    """One system of the platform: one logical key, one entity, however many ways it is spelled.

    ``tenant`` names the key part (or parameter, or field) that holds the integration context; None where the calling
    application itself is the tenant. ``version_field`` is the entity's field that orders its versions, if any.
    ``key_rules`` and ``entity_rules`` are what no single part or field can say alone. ``shared_throttle`` names the counter
    of requests that several resources share; None where it is the resource's own.
    """

    name: str
    title: str
    document: str
    key_type: type[Key]
    entity_type: type[Entity]
    views: tuple[View, ...]
    limits: Limits
    tenant: str | None
    version_field: str | None = None
    key_rules: tuple[KeyRule, ...] = ()
    entity_rules: tuple[EntityRule, ...] = ()
    shared_throttle: str | None = None

    @property
    def throttle(self) -> str:
        """Under which name its requests and records are counted."""
        return self.shared_throttle or self.name

    def view(self, generation: Generation) -> View | None:
        """The view of a generation, or None where the resource is not offered there."""
        return next((view for view in self.views if view.generation is generation), None)

    def __repr__(self) -> str:
        return f"Resource({self.name})"

    def tenant_of(self, key: Key) -> str:
        """The integration context a key belongs to."""
        return key[self.tenant_position]

    @property
    def tenant_position(self) -> int:
        """Which part of a key names its integration context.

        Raises:
            ValueError: this resource's keys name none.
        """
        if self.tenant is None:
            raise ValueError(f"{self.name} belongs to the calling application, its keys name no integration context")
        return part_names(self.key_type).index(self.tenant)
