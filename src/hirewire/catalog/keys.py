"""Logical keys and their parts: what a wire key must hold to be a key of a resource.

The wire layer reads a key's text; here its parts are checked and put into the order of the resource's own key type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hirewire.catalog.call import InputError, Key
from hirewire.catalog.fields import shown, urn_fault
from hirewire.values.urn import UrnKind
from hirewire.wire.keys import KeyKind, WireKey

# Any number of usual identifiers, a line each: printable ASCII without blanks.
_USUAL_IDENTIFIERS = re.compile(r"[!-~]{1,512}(?:\n[!-~]{1,512})*", re.ASCII)

IDENTIFIER_BYTES_MAX = 512
"""Longest identifier of a partner's record, in UTF-8 bytes. The documents name no bound; a store needs one."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a key in one view.

    ``name`` is the logical part, None for a constant that only rides along; ``wire`` its name on the wire; ``urns`` the
    kinds of URN it may be; ``values`` the values it may have. With neither it is the partner's own identifier. A part
    without a logical name is a constant: the first of its values.
    """

    name: str | None
    wire: str
    urns: tuple[UrnKind, ...] = ()
    values: tuple[str, ...] = ()

    def fault(self, value: object) -> InputError | None:
        """What is wrong with the value of this part, or None."""
        if not isinstance(value, str):
            message = f"{self.wire} must be a single value, got {shown(value)}"
            return InputError("FIELD_INVALID", message, self.wire, "key-part")
        if not value or value.isspace():
            return InputError("INVALID_VALUE_BLANK_FIELD", f"{self.wire} can't be blank", self.wire, "not-blank")
        if self.values:
            return self._value_fault(value)
        if self.urns:
            return urn_fault(value, self.wire, self.urns)
        return self._identifier_fault(value)

    def all_fit(self, values: Sequence[object]) -> bool:
        """Whether every value is certainly one of this part's: the fast way in front of ``fault``."""
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) < len(values):
            return False
        if self.urns or self.values:
            return all(self.fault(text) is None for text in set(texts))  # a batch has few of them
        lines = "\n".join(texts)
        return lines.count("\n") == len(texts) - 1 and _USUAL_IDENTIFIERS.fullmatch(lines) is not None

    def _value_fault(self, value: str) -> InputError | None:
        if value in self.values:
            return None
        message = f"{self.wire} can't be set to {shown(value)}: it must be {' or '.join(self.values)}"
        return InputError("INVALID_VALUE_FOR_FIELD", message, self.wire, "listed-value")

    def _identifier_fault(self, value: str) -> InputError | None:
        try:
            size = len(value.encode())
        except UnicodeEncodeError:
            message = f"{self.wire} holds half of a surrogate pair, which is no character"
            return InputError("FIELD_INVALID", message, self.wire, "valid-text")
        if size > IDENTIFIER_BYTES_MAX:
            message = f"{self.wire} must be at most {IDENTIFIER_BYTES_MAX} bytes long, got {size}"
            return InputError("FIELD_LENGTH_TOO_LONG", message, self.wire, "at-most")
        if any(character < " " for character in value):
            message = f"{self.wire} can't be set to {shown(value)}: identifiers hold no control characters"
            return InputError("FIELD_INVALID", message, self.wire, "no-control-characters")
        return None


@dataclass(frozen=True, slots=True)
class KeyShape:
    """How one view spells a key, or the part of it that stands in one place."""

    kind: KeyKind
    parts: tuple[Part, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The wire names of the parts; a simple key has none on the wire."""
        return () if self.kind is KeyKind.SIMPLE else tuple(part.wire for part in self.parts)

    def read(self, key: WireKey, faults: list[InputError]) -> dict[str, str]:
        """The logical parts of a wire key; what is missing, unknown or malformed goes to ``faults``."""
        given = {self.parts[0].wire: key} if isinstance(key, str) else key
        for part in self.parts:
            if part.wire not in given:
                faults.append(
                    InputError("MISSING_FIELD", f"{part.wire} is required but missing", part.wire, "required")
                )
            elif (fault := part.fault(given[part.wire])) is not None:
                faults.append(fault)
        if len(given) > len(self.parts) or any(name not in self.names for name in given if isinstance(key, dict)):
            faults.extend(self._unknown(given))
        return {part.name: str(given.get(part.wire)) for part in self.parts if part.name is not None}

    def read_all(self, keys: Sequence[WireKey]) -> dict[str, list[str]] | None:
        """The logical parts of many keys as columns, or None where one of them must be looked at by ``read``."""
        columns = self._read_columns(keys)
        if not keys or columns is None:
            return None
        named = list(zip(self.parts, columns, strict=True))
        if not all(part.all_fit(column) for part, column in named):
            return None
        return {part.name: column for part, column in named if part.name is not None}

    def _read_columns(self, keys: Sequence[WireKey]) -> list[list[Any]] | None:
        """The values of every part in turn; None unless each key has all parts and no other."""
        if self.kind is KeyKind.SIMPLE:
            return [list(keys)]
        records = [key for key in keys if isinstance(key, dict) and len(key) == len(self.parts)]
        if len(records) < len(keys):
            return None
        try:
            return [[record[name] for record in records] for name in self.names]
        except KeyError:
            return None

    def _unknown(self, given: Mapping[str, object]) -> list[InputError]:
        expected = ", ".join(self.names)
        return [
            InputError(
                "FIELD_INVALID", f"{shown(name)} is no part of this key; expected {expected}", name[:60], "key-part"
            )
            for name in given
            if name not in self.names
        ]

    def write(self, key: Mapping[str, str]) -> WireKey:
        """The wire key of logical parts."""
        if self.kind is KeyKind.SIMPLE:
            return _value(self.parts[0], key)
        return {part.wire: _value(part, key) for part in self.parts}

    def write_all(self, keys: Sequence[Key], key_type: type[Key]) -> list[WireKey]:
        """``write`` for many keys, which are taken apart by columns instead of one by one."""
        columns = self._columns(keys, key_type)
        if self.kind is KeyKind.SIMPLE:
            return list(columns[0])
        names = self.names
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def all_fit(self, keys: Sequence[Key], key_type: type[Key]) -> bool:
        """Whether every key is certainly one of this shape: the fast way in front of ``read``."""
        columns = self._columns(keys, key_type)
        return all(part.all_fit(column) for part, column in zip(self.parts, columns, strict=True))

    def _columns(self, keys: Sequence[Key], key_type: type[Key]) -> list[Sequence[str]]:
        """The values of each part of this shape."""
        names = part_names(key_type)
        columns = dict(zip(names, zip(*keys, strict=True), strict=True)) if keys else dict.fromkeys(names, ())
        return [part.values[:1] * len(keys) if part.name is None else columns[part.name] for part in self.parts]


def _value(part: Part, key: Mapping[str, str]) -> str:
    return part.values[0] if part.name is None else key[part.name]


def as_mapping(key: Key, key_type: type[Key]) -> dict[str, str]:
    """A key as part name to value, whichever kind of tuple it came as."""
    return dict(zip(part_names(key_type), key, strict=True))


def part_names(key_type: type[Key]) -> tuple[str, ...]:
    """The logical names of a key's parts, in the order of its type."""
    names: tuple[str, ...] = key_type._fields  # type: ignore[attr-defined]  # every key type is a NamedTuple
    return names
