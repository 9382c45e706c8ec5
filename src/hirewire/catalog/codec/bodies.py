"""Entities, patches and error objects: logical values to JSON values and back, for both sides of the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hirewire.catalog.call import Entity, InputError, Key, Patch, Refusal
from hirewire.catalog.errors import invalid_entity
from hirewire.catalog.fields import Record, read_members, unknown_members, write_members
from hirewire.catalog.model import Resource
from hirewire.catalog.rules import Reading
from hirewire.wire.body import read_patch
from hirewire.wire.errors import WireError
from hirewire.wire.response import ErrorBody

_BAD_REQUEST = "com.linkedin.common.error.BadRequest"


def read_entity(record: Record, value: Any, reading: Reading) -> Entity | Refusal:
    """One entity of a body, or why it is refused. Every fault is reported, not only the first."""
    faults: list[InputError] = []
    entity = record.read(value, "", reading, faults)
    if faults or entity is None:
        return invalid_entity(faults)
    return entity


def read_entities(record: Record, values: list[Any], reading: Reading) -> list[Entity | Refusal]:
    """Every entity of a batch: all at once where they are as usual, one by one where any of them is not."""
    together = record.read_all(values, reading)
    return [*together] if together is not None else [read_entity(record, value, reading) for value in values]


def ruled(resource: Resource, key: Key, entity: Entity | Refusal) -> Entity | Refusal:
    """The entity, unless it does not go with its key."""
    if isinstance(entity, Refusal) or not resource.entity_rules:
        return entity
    faults = [fault for rule in resource.entity_rules if (fault := rule(key, entity)) is not None]
    return invalid_entity(faults) if faults else entity


def write_entity(record: Record, entity: Entity) -> dict[str, Any]:
    """The JSON object of an entity in one view."""
    return record.write(entity)


def read_patch_entity(record: Record, value: Any, reading: Reading) -> Patch | Refusal:
    """The fields a partial update sets, under logical names; only fields that are there are checked."""
    try:
        given = read_patch(value)
    except WireError as error:
        return Refusal(400, "FIELD_INVALID", str(error))
    faults: list[InputError] = []
    present = tuple(field for field in record.fields if field.wire in given)
    patch = read_members(present, given, "", reading, faults)
    if reading.refuse_unknown_fields:
        faults.extend(unknown_members(record.fields, given))
    if faults:
        return invalid_entity(faults)
    cleared = {field.name: None for field in present if given[field.wire] is None and not field.from_platform}
    return patch | cleared


def write_patch_entity(record: Record, patch: Patch) -> dict[str, Any]:
    """The ``$set`` members of a partial update. A field set to None is written as null: it is to be cleared."""
    names = {field.name: field.wire for field in record.fields}
    cleared: dict[str, Any] = {names[name]: None for name, value in patch.items() if value is None}
    return write_members(record.fields, patch) | cleared


def write_refusal(refusal: Refusal) -> ErrorBody:
    """The platform's error object of a refusal."""
    return ErrorBody(
        status=refusal.status,
        code=refusal.code,
        message=refusal.message,
        service_error_code=refusal.service_error_code,
        error_detail_type=_BAD_REQUEST if refusal.inputs else None,
        error_details={"inputErrors": [_write_input(fault) for fault in refusal.inputs]} if refusal.inputs else None,
    )


def _write_input(fault: InputError) -> dict[str, Any]:
    written: dict[str, Any] = {"code": fault.code, "description": fault.description}
    if fault.field is not None:
        written["input"] = {"inputPath": {"fieldPath": fault.field}}
    return written


def read_refusal(error: ErrorBody) -> Refusal:
    """A refusal from whatever error object a peer sent."""
    return Refusal(
        status=error.status,
        code=error.code,
        message=error.message or f"the platform answered {error.status} without a message",
        service_error_code=error.service_error_code,
        inputs=_read_inputs(error.error_details),
    )


def _read_inputs(details: Any) -> tuple[InputError, ...]:
    """What can be made of ``errorDetails``; an unknown form is no error, clients must bear it."""
    listed = details.get("inputErrors") if isinstance(details, Mapping) else None
    return tuple(_read_input(item) for item in listed if isinstance(item, Mapping)) if isinstance(listed, list) else ()


def _read_input(item: Mapping[str, Any]) -> InputError:
    place: Any = item
    for name in ("input", "inputPath", "fieldPath"):
        place = place.get(name) if isinstance(place, Mapping) else None
    return InputError(
        code=str(item.get("code", "")),
        description=str(item.get("description", "")),
        field=place if isinstance(place, str) else None,
    )
