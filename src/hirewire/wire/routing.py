"""Raw paths: split into segments and matched to resource names and key segments. Nothing here reads a key.

The path stays undecoded: ``%2F`` inside a key never splits, and ``%26`` inside a key is not a separator.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Template:
    """The names along a path: the base first, then resources, each followed by one key segment.

    After the last name the key may be missing (a collection or batch is addressed). Names in ``simple`` are simple
    resources: they take no key at all.
    """

    segments: tuple[str, ...]
    simple: frozenset[str] = frozenset()

    @property
    def is_simple(self) -> bool:
        """Whether the path addresses an entity without a key."""
        return self.segments[-1] in self.simple


@dataclass(frozen=True, slots=True)
class Match:
    """A path that fits a template: raw key segments between the names, and the raw key after the last one if any."""

    template: Template
    parents: tuple[str, ...]
    key: str | None

    @property
    def is_entity(self) -> bool:
        """Whether the path ends at an entity: what ``Shape.has_key`` asks."""
        return self.key is not None or self.template.is_simple


@dataclass(slots=True)
class _Node:
    keyed: bool
    template: Template | None = None
    children: dict[str, _Node] = field(default_factory=dict)


class Router:
    """Templates as a tree of names: matching costs one lookup a name, however many templates there are.

    >>> router = Router([Template(("v2", "atsApplications", "notes"))])
    >>> match = router.match("/v2/atsApplications/a=1&b=x%2Fy/notes")
    >>> match and (match.parents, match.key)
    (('a=1&b=x%2Fy',), None)
    """

    def __init__(self, templates: Iterable[Template]) -> None:
        self._root = _Node(keyed=False)
        for template in templates:
            self._add(template)

    def _add(self, template: Template) -> None:
        node = self._root
        for position, name in enumerate(template.segments):
            keyed = position > 0 and name not in template.simple
            node = node.children.setdefault(name, _Node(keyed))
            if node.keyed != keyed:
                raise ValueError(f"{name!r} of {template.segments} takes keys in one template and none in another")
        if node.template is not None:
            raise ValueError(f"two templates for {template.segments}")
        node.template = template

    def match(self, raw_path: str) -> Match | None:
        """The template a raw path fits and its key segments, or None: there is nothing at that path (404)."""
        segments = split_path(raw_path)
        if segments is None:
            return None
        node, keys = self._root, []
        rest = iter(segments)
        for name in rest:
            found = node.children.get(name) or node.children.get(unquote(name))
            if found is None:
                return None
            node = found
            key = next(rest, None) if node.keyed else None
            keys.append(key)
        parents = tuple(key for key in keys[:-1] if key is not None)
        return Match(node.template, parents, keys[-1]) if node.template else None


def split_path(raw: str) -> tuple[str, ...] | None:
    """The raw segments of a path; one trailing slash is tolerated, an empty segment is no path (None: 404).

    >>> split_path("/v2/prospectNotes/"), split_path("/v2//prospectNotes")
    (('v2', 'prospectNotes'), None)
    """
    segments = tuple(raw.removeprefix("/").removesuffix("/").split("/"))
    return segments if all(segments) else None
