"""Where keys stand: in the path, in ``ids``, in bodies and replies. Logical keys to their texts and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from urllib.parse import quote

from hirewire.catalog.call import InputError, Key, Refusal
from hirewire.catalog.errors import CallError, invalid_entity
from hirewire.catalog.keys import as_mapping, part_names
from hirewire.catalog.model import Resource, View
from hirewire.wire.errors import Ours
from hirewire.wire.keys import KeyKind, Place, WireKey, read_key, write_key, write_keys
from hirewire.wire.protocol import Protocol


def read_parent(view: View, segments: tuple[str, ...], protocol: Protocol) -> dict[str, str]:
    """The logical parts that stand in the path. What is wrong there is wrong with the whole request.

    Raises:
        CallError: 400 naming the part.
        WireError: the text is no key.
    """
    if view.parent is None:
        return {}
    faults: list[InputError] = []
    parts = view.parent.read(read_key(segments[0], view.parent.kind, Place.PATH, protocol), faults)
    if faults:
        raise CallError(invalid_entity(faults))
    return parts


def read_logical_keys(
    resource: Resource, view: View, parent: Mapping[str, str], wire_keys: Sequence[WireKey]
) -> list[Key | Refusal]:
    """``read_logical_key`` for every key of a batch; all at once where they are as usual."""
    columns = view.key.read_all(wire_keys)
    if columns is None:
        return [read_logical_key(resource, view, parent, wire_key) for wire_key in wire_keys]
    shared = {name: repeat(value, len(wire_keys)) for name, value in parent.items()}
    by_name: dict[str, Iterable[str]] = {**shared, **columns}
    rows = zip(*(by_name[name] for name in part_names(resource.key_type)), strict=True)
    keys = list(map(resource.key_type._make, rows))  # type: ignore[attr-defined]  # every key type is a NamedTuple
    return [_ruled(resource, key) for key in keys] if resource.key_rules else keys


def read_logical_key(resource: Resource, view: View, parent: Mapping[str, str], wire_key: WireKey) -> Key | Refusal:
    """The logical key of a wire key, or why it is no key of this resource."""
    faults: list[InputError] = []
    parts = view.key.read(wire_key, faults)
    if faults:
        return invalid_entity(faults)
    return _ruled(resource, resource.key_type(**{**parent, **parts}))


def _ruled(resource: Resource, key: Key) -> Key | Refusal:
    """The key, unless its parts do not go together."""
    faults = [fault for rule in resource.key_rules if (fault := rule(key)) is not None]
    return invalid_entity(faults) if faults else key


def write_wire_key(resource: Resource, view: View, key: Key) -> WireKey:
    """The key as it stands in ``ids`` and bodies of this view."""
    return view.key.write(as_mapping(key, resource.key_type))


def write_wire_keys(resource: Resource, view: View, keys: Iterable[Key]) -> list[WireKey]:
    """``write_wire_key`` for each of them."""
    return view.key.write_all(list(keys), resource.key_type)


def write_body_keys(resource: Resource, view: View, keys: Iterable[Key], protocol: Protocol) -> list[str]:
    """The canonical texts of keys as members of ``entities``, ``results`` and ``errors``."""
    wire_keys = write_wire_keys(resource, view, keys)
    return write_keys(wire_keys, view.key.kind, Place.BODY, protocol)


def write_path(resource: Resource, view: View, keys: list[Key], entity_key: Key | None, protocol: Protocol) -> str:
    """The raw path of a call: names, the parent key all keys share, and the entity's key where one is addressed.

    Raises:
        Ours: the keys do not share what the path can say only once.
    """
    base, *names = view.template.segments
    path = f"/{base}/{quote(names[0])}"
    if view.parent is not None:
        path += f"/{_write_parent(resource, view, keys, protocol)}/{quote(names[1])}"
    if entity_key is not None:
        wire_key = write_wire_key(resource, view, entity_key)
        path += f"/{write_key(wire_key, view.key.kind, Place.PATH, protocol)}"
    return path


def _write_parent(resource: Resource, view: View, keys: list[Key], protocol: Protocol) -> str:
    assert view.parent is not None
    mappings = [as_mapping(key, resource.key_type) for key in keys]
    parents = {tuple(mapping[name] for name in view.shared_parts) for mapping in mappings}
    if len(parents) != 1:
        shared = " and ".join(view.shared_parts)
        raise Ours(f"one {view.generation.value} call addresses one {shared}, got {len(parents)}; cut the call")
    return write_key(view.parent.write(mappings[0]), KeyKind.COMPLEX, Place.PATH, protocol)
