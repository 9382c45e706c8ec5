"""Kinds of values: how each is read from JSON, checked, and written back. Faults are collected, never raised.

A kind knows nothing of resources. ``read`` appends what is wrong to ``faults`` and gives a value only when it found
nothing; the caller looks at ``faults`` before it looks at the value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat, starmap
from typing import Any, Protocol

import msgspec

from hirewire.catalog.call import InputError
from hirewire.catalog.rules import Reading, Rule
from hirewire.values.urn import Urn, UrnError, UrnKind

_LONG_MIN, _LONG_MAX = -(2**63), 2**63 - 1
_BARE_ID = re.compile(r"[0-9]{1,19}", re.ASCII)
_DIGITS = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_JSON_TYPES = {
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    dict: "an object",
    list: "an array",
}
_SHOWN_CHARACTERS = 60


class Kind(Protocol):
    """The two directions of one kind of value."""

    def read(self, value: Any, path: str, reading: Reading, faults: list[InputError]) -> Any:
        """The logical value of a JSON value; ``path`` names the field in errors ("author.lastName")."""
        ...

    def read_all(self, values: Sequence[Any], reading: Reading) -> Sequence[Any] | None:
        """The logical values of many JSON values at once, or None where one of them must be looked at by ``read``.

        The fast way for the usual batch: it gives what ``read`` gives for each, or nothing.
        """
        ...

    def write(self, value: Any) -> Any:
        """The JSON value of a logical value."""
        ...


@dataclass(frozen=True, slots=True)
class Spelling:
    """One field in one view: its logical name, its name on the wire, what it holds and which rules it obeys.

    ``from_platform`` marks what only the platform writes: it is ignored in requests. ``waiver`` names the switch that
    makes a required field optional, where there is one.
    """

    name: str
    wire: str
    kind: Kind
    required: bool = False
    rules: tuple[Rule, ...] = ()
    from_platform: bool = False
    waiver: str | None = None

    def is_required(self, reading: Reading) -> bool:
        """Whether an entity without this field is refused."""
        return self.required and not reading.is_reply and self.waiver not in reading.waived


def shown(value: Any) -> str:
    """A value as error texts show it: short, and never the content of an object or array."""
    if isinstance(value, (dict, list)):
        return _JSON_TYPES[type(value)]
    if isinstance(value, int) and value.bit_length() > 64:
        return "a number beyond 64 bit"  # it may have thousands of digits
    text = ascii(value) if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def _wrong_type(path: str, value: Any, expected: str) -> InputError:
    given = _JSON_TYPES.get(type(value), "null")
    message = f"{path or 'the entity'} must be {expected}, got {given}"
    return InputError("FIELD_INVALID", message, path or None, "json-type")


@dataclass(frozen=True, slots=True)
class Text:
    """A string of any length. Its content never appears in an error: it may be what somebody wrote about a person."""

    def read(self, value: Any, path: str, reading: Reading, faults: list[InputError]) -> str | None:
        if type(value) is not str:
            faults.append(_wrong_type(path, value, "a string"))
        elif not value.isascii() and _has_lone_surrogate(value):
            message = f"{path} holds half of a surrogate pair, which is no character; send the pair or leave it out"
            faults.append(InputError("FIELD_INVALID", message, path, "valid-text"))
        else:
            return value
        return None

    def read_all(self, values: Sequence[Any], reading: Reading) -> Sequence[Any] | None:
        if any(type(value) is not str for value in values) or _has_lone_surrogate("".join(values)):
            return None
        return values

    def write(self, value: str) -> str:
        return value


def _has_lone_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


@dataclass(frozen=True, slots=True)
class Long:
    """A 64-bit whole number, such as a moment in milliseconds. ``1.0`` and ``true`` are no whole numbers (G-51)."""

    def read(self, value: Any, path: str, reading: Reading, faults: list[InputError]) -> int | None:
        if (reading.accept_digit_strings or reading.is_query) and type(value) is str and _DIGITS.fullmatch(value):
            value = int(value)
        if type(value) is not int:
            faults.append(_wrong_type(path, value, "a whole number"))
        elif not _LONG_MIN <= value <= _LONG_MAX:
            message = f"{path} must fit into 64 bit, got {shown(value)}"
            faults.append(InputError("FIELD_INVALID", message, path, "json-type"))
        else:
            return value
        return None

    def read_all(self, values: Sequence[Any], reading: Reading) -> Sequence[Any] | None:
        if any(type(value) is not int for value in values):
            return None
        return values if not values or _LONG_MIN <= min(values) <= max(values) <= _LONG_MAX else None

    def write(self, value: int) -> int:
        return value


class OneByOne:
    """A kind that has no fast way: its values do not come by the hundred."""

    __slots__ = ()

    def read_all(self, values: Sequence[Any], reading: Reading) -> Sequence[Any] | None:
        """Nothing, unless there is nothing to read."""
        return None if values else values


@dataclass(frozen=True, slots=True)
class Flag(OneByOne):
    """``true`` or ``false``."""

    def read(self, value: Any, path: str, reading: Reading, faults: list[InputError]) -> bool | None:
        if reading.is_query:
            value = {"true": True, "false": False}.get(value, value)
        if type(value) is bool:
            return value
        faults.append(_wrong_type(path, value, "a boolean"))
        return None

    def write(self, value: bool) -> bool:
        return value


@dataclass(frozen=True, slots=True)
class EnumOf(OneByOne):
    """One of the documented values. A reply may hold any other: new values are no breaking change (D-BREAK)."""

    name: str
    values: tuple[str, ...]

    def read(self, value: Any, path: str, reading: Reading, faults: list[InputError]) -> str | None:
        if type(value) is not str:
            faults.append(_wrong_type(path, value, "a string"))
            return None
        allowed = (*self.values, *sorted(reading.extra_values.get(self.name, ())))
        if value in allowed or reading.is_reply:
            return value
        message = f"{path} can't be set to {shown(value)}: it must be {' or '.join(allowed)}"
        faults.append(InputError("INVALID_VALUE_FOR_FIELD", message, path, "listed-value"))
        return None

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class OneOf(OneByOne):
    """A union of which one member is documented: an object with that one name. The logical value is the member's."""

    member: str
    kind: Kind

    def read(self, value: Any, path: str, reading: Reading, faults: list[InputError]) -> Any:
        if type(value) is not dict or list(value) != [self.member]:
            given = shown(value) if type(value) is not dict else f"the members {', '.join(map(shown, value)) or 'none'}"
            message = f"{path} must be an object with the one member {self.member!r}, got {given}"
            faults.append(InputError("FIELD_INVALID", message, path, "union"))
            return None
        return self.kind.read(value[self.member], f"{path}.{self.member}", reading, faults)

    def write(self, value: Any) -> dict[str, Any]:
        return {self.member: self.kind.write(value)}


@dataclass(frozen=True, slots=True)
class UrnOrId(OneByOne):
    """A URN of one kind, or its bare id, which means the same (decision G-34). Kept and written as the URN's text."""

    kind: UrnKind

    def read(self, value: Any, path: str, reading: Reading, faults: list[InputError]) -> str | None:
        if type(value) is str and _BARE_ID.fullmatch(value):
            value = str(Urn(self.kind, value))
        return UrnText((self.kind,)).read(value, path, reading, faults)

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class UrnText(OneByOne):
    """A URN of one of the named kinds, kept as its text."""

    kinds: tuple[UrnKind, ...]

    def read(self, value: Any, path: str, reading: Reading, faults: list[InputError]) -> str | None:
        if type(value) is not str:
            faults.append(_wrong_type(path, value, "a string"))
            return None
        fault = urn_fault(value, path, self.kinds)
        if fault is None:
            return value
        faults.append(fault)
        return None

    def write(self, value: str) -> str:
        return value


def urn_fault(text: str, path: str, kinds: tuple[UrnKind, ...]) -> InputError | None:
    """What is wrong with a URN, or None."""
    try:
        Urn.parse(text, *kinds)
    except UrnError as error:
        if error.wrong_id:
            return InputError("INVALID_URN_ID", f"{path} value {shown(text)} has a malformed id", path, "urn")
        wanted = " or ".join(f"urn:li:{kind.value}:{{id}}" for kind in kinds)
        return InputError("INVALID_URN_TYPE", f"{path} value {shown(text)} must be a {wanted} URN", path, "urn")
    return None


@dataclass(frozen=True, slots=True)
class ListOf(OneByOne):
    """An array of one kind, kept as a tuple; at most ``longest`` items."""

    item: Kind
    longest: int

    def read(self, value: Any, path: str, reading: Reading, faults: list[InputError]) -> tuple[Any, ...] | None:
        if type(value) is not list:
            faults.append(_wrong_type(path, value, "an array"))
            return None
        if len(value) > self.longest:
            message = f"{path} must hold at most {self.longest} items, got {len(value)}"
            faults.append(InputError("FIELD_LENGTH_TOO_LONG", message, path, "at-most"))
            return None
        return tuple(self.item.read(item, f"{path}[{n}]", reading, faults) for n, item in enumerate(value))

    def write(self, value: Sequence[Any]) -> list[Any]:
        return [self.item.write(item) for item in value]


@dataclass(frozen=True, slots=True)
class Record:
    """An object with declared members: a Struct of ours, field by field."""

    struct: type[msgspec.Struct]
    fields: tuple[Spelling, ...]

    def read(self, value: Any, path: str, reading: Reading, faults: list[InputError]) -> msgspec.Struct | None:
        if type(value) is not dict:
            faults.append(_wrong_type(path, value, "an object"))
            return None
        before = len(faults)
        members = read_members(self.fields, value, path, reading, faults)
        if reading.is_reply:
            faults.extend(self._lacking(members, path))
        if reading.refuse_unknown_fields:
            faults.extend(unknown_members(self.fields, value, path))
        return self.struct(**members) if len(faults) == before else None

    def _lacking(self, members: Mapping[str, Any], path: str) -> list[InputError]:
        """What a reply must hold after all, because our own value cannot be without it (an author's names)."""
        names = self.struct.__struct_fields__
        needed = names[: len(names) - len(self.struct.__struct_defaults__)]
        message = f"{path or 'the entity'} is incomplete"
        return [
            InputError("MISSING_FIELD", message, path or None, "required") for name in needed if name not in members
        ]

    def read_all(self, values: Sequence[Any], reading: Reading) -> Sequence[msgspec.Struct] | None:
        if reading.refuse_unknown_fields or reading.is_reply or any(type(value) is not dict for value in values):
            return None
        nothing: list[Any] = [None] * len(values)
        columns = dict.fromkeys(self.struct.__struct_fields__, nothing)
        for field in self.fields:
            column = nothing if field.from_platform else _read_column(field, values, reading)
            if column is None:
                return None
            columns[field.name] = column
        rows = zip(*columns.values(), strict=True) if columns else repeat((), len(values))
        return list(starmap(self.struct, rows))

    def write(self, value: msgspec.Struct) -> dict[str, Any]:
        return write_members(self.fields, {name: getattr(value, name) for name in value.__struct_fields__})

    def write_all(self, values: Sequence[msgspec.Struct]) -> list[dict[str, Any]]:
        """``write`` for many, field by field."""
        columns = [_write_column(field, values) for field in self.fields]
        rows = zip(*columns, strict=True) if columns else repeat((), len(values))
        names = [field.wire for field in self.fields]
        return [
            {name: value for name, value in zip(names, row, strict=True) if value is not None}
            if None in row
            else dict(zip(names, row, strict=True))
            for row in rows
        ]


def read_members(
    fields: tuple[Spelling, ...], value: Mapping[str, Any], path: str, reading: Reading, faults: list[InputError]
) -> dict[str, Any]:
    """The members of an object under their logical names, all faults found in one pass. ``null`` is absent (G-51)."""
    members: dict[str, Any] = {}
    for field in fields:
        given = value.get(field.wire) if reading.is_reply or not field.from_platform else None
        place = f"{path}.{field.wire}" if path else field.wire
        if given is not None:
            members[field.name] = read_field(field, given, place, reading, faults)
        elif field.is_required(reading):
            faults.append(InputError("MISSING_FIELD", f"{place} is required but missing", place, "required"))
    return members


def _read_column(field: Spelling, values: Sequence[dict[str, Any]], reading: Reading) -> list[Any] | None:
    """One field of many objects, None where it is absent; None for all where the exact way must look."""
    given = [value.get(field.wire) for value in values]
    present = [value for value in given if value is not None]
    if field.is_required(reading) and len(present) < len(given):
        return None
    read = field.kind.read_all(present, reading)
    if read is None or not all(rule.hold_for_all(read, reading) for rule in field.rules):
        return None
    if len(present) == len(given):
        return list(read)
    following = iter(read)
    return [None if value is None else next(following) for value in given]


def _write_column(field: Spelling, values: Sequence[msgspec.Struct]) -> list[Any]:
    """One field of many entities; None where it is absent."""
    name, kind = field.name, field.kind
    given = [getattr(value, name) for value in values]
    if not isinstance(kind, Record):
        return [None if value is None else kind.write(value) for value in given]
    written = iter(kind.write_all([value for value in given if value is not None]))
    return [None if value is None else next(written) for value in given]


def read_field(field: Spelling, given: Any, place: str, reading: Reading, faults: list[InputError]) -> Any:
    """One member: its kind first, then its rules, the first broken one reported."""
    before = len(faults)
    read = field.kind.read(given, place, reading, faults)
    if len(faults) > before or reading.is_reply:
        return read
    for rule in field.rules:
        if not rule.holds(read, reading):
            faults.append(InputError(rule.code, rule.broken(place, shown(given), reading), place, rule.id))
            return None
    return read


def unknown_members(fields: tuple[Spelling, ...], value: Mapping[str, Any], path: str = "") -> list[InputError]:
    """One error for each member that is no field here (a fault only where G-18's strictness is on)."""
    known = {field.wire for field in fields}
    expected = ", ".join(sorted(known))
    return [
        InputError(
            "FIELD_INVALID", f"{shown(place)} is no field here; expected one of {expected}", place, "known-field"
        )
        for name in value
        if name not in known
        for place in [f"{path}.{name}"[-_SHOWN_CHARACTERS:] if path else name[:_SHOWN_CHARACTERS]]
    ]


def write_members(fields: tuple[Spelling, ...], members: Mapping[str, Any]) -> dict[str, Any]:
    """The wire object of logical members; absent ones are left out."""
    return {
        field.wire: field.kind.write(members[field.name]) for field in fields if members.get(field.name) is not None
    }
