"""Changes read from files people export: NDJSON or CSV, in the documented record format, a line at a time.

A line that cannot be read is a value (`BadLine`), so that the others go in. docs/reference/record-format.md has the
format; `format_record` writes it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from hirewire.catalog.application_notes import Actor, ApplicationNote, ApplicationNoteKey
from hirewire.plan.entity import Op, Urgency
from hirewire.sync.changes import Change
from hirewire.sync.lines import LINE_BYTES_MAX, Line, Lines, undecoded
from hirewire.sync.settings import organization_urn
from hirewire.sync.store import Row
from hirewire.values.time import Millis, from_iso
from hirewire.wire.body import read_json
from hirewire.wire.errors import WireError

STDIN = "-"

COLUMNS = (
    "organization",
    "application_id",
    "note_id",
    "note",
    "author.first_name",
    "author.last_name",
    "created_at",
    "last_modified_at",
    "deleted",
    "reason",
)
"""The columns of a CSV file, in any order. In NDJSON ``author`` is an object of its own. ``reason`` is never read."""

_MEMBERS = (*dict.fromkeys(column.partition(".")[0] for column in COLUMNS),)
_AUTHOR_MEMBERS = ("first_name", "last_name")
_DELIMITERS = ",;\t"

# In milliseconds this is March 1973; in seconds, the year 5138.
_SECONDS_BELOW = 100_000_000_000
_BOOLEANS: Mapping[str, bool] = {
    "": False,
    "false": False,
    "0": False,
    "no": False,
    "true": True,
    "1": True,
    "yes": True,
}


@dataclass(frozen=True, slots=True)
class BadLine:
    """What is wrong with a line: where, which field (None: the record as a whole), and why.

    ``is_parked``: it can be read and goes in, but cannot be sent.
    """

    file: str
    line: int
    field: str | None
    reason: str
    is_parked: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"{place}: {self.field}: {self.reason}" if self.field else f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Found:
    """A record that could be read, and the line it begins at."""

    line: int
    change: Change


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file leaves open: the organization of records that name none, the encoding of a file without a byte order
    mark, how urgent its records are."""

    organization: str | None = None
    encoding: str = "utf-8"
    urgency: Urgency = Urgency.BACKFILL


class _Fault(Exception):
    """A record that cannot be read: which field, and why."""

    def __init__(self, field: str | None, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


def read_changes(
    stream: IO[bytes], name: str, reading: Reading, on_bytes: Callable[[int], None] = lambda count: None
) -> Iterator[Found | BadLine]:
    """Every record of a stream of bytes, or why a line is none, in order; memory does not grow with the file.

    NDJSON or CSV is told by the ending of the name, else by the first character. ``on_bytes`` is told how many bytes were read so far.
    """
    lines = Lines(stream, reading.encoding)
    if lines.is_binary:
        yield BadLine(name, 1, None, "it holds NUL bytes: expected text, UTF-16 only with a byte order mark")
        return
    by_content = _read_ndjson if lines.first_character in "{[" else _read_csv
    read = _READERS.get(name.lower().rpartition(".")[2], by_content)
    for item in read(lines, name, reading):
        on_bytes(lines.bytes_read)
        yield item


# ---------------------------------------------------------------- NDJSON


def _read_ndjson(lines: Lines, name: str, reading: Reading) -> Iterator[Found | BadLine]:
    for line in lines:
        if line.fault is None and not line.text.strip():
            continue
        try:
            yield Found(line.number, _change(_flat(_json_object(line, lines.encoding)), reading))
        except _Fault as fault:
            yield BadLine(name, line.number, fault.field, fault.reason)


def _json_object(line: Line, encoding: str) -> dict[str, Any]:
    if line.fault is not None:
        raise _Fault(None, line.fault)
    _check_decoded(line.text, None, encoding)
    try:
        value = read_json(line.text.encode("utf-8", "surrogatepass"))
    except WireError as error:
        raise _Fault(None, f"it is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise _Fault(None, f"expected one JSON object a line, got {_shown(value)}")
    return value


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """The members by the names of the columns."""
    if unknown := [member for member in record if member not in _MEMBERS]:
        raise _Fault(unknown[0][:60], f"there is no such field; expected {', '.join(_MEMBERS)}")
    author = record.pop("author", None)
    if author is None:
        return record
    if not isinstance(author, dict):
        raise _Fault("author", f"expected an object with first_name and last_name, got {_shown(author)}")
    if unknown := [member for member in author if member not in _AUTHOR_MEMBERS]:
        raise _Fault(f"author.{unknown[0][:60]}", "there is no such field; expected first_name and last_name")
    return record | {f"author.{member}": value for member, value in author.items()}


# ---------------------------------------------------------------- CSV


def _read_csv(lines: Lines, name: str, reading: Reading) -> Iterator[Found | BadLine]:
    numbered = iter(lines)
    header = next((line for line in numbered if line.text.strip() or line.fault), None)
    if header is None:
        return
    try:
        delimiter, columns = _columns(header)
    except _Fault as fault:
        yield BadLine(name, header.number, fault.field, fault.reason)
        return
    # The module's own bound is 128 KiB; a note may be longer, a field without end is cut off by the line's bound.
    csv.field_size_limit(LINE_BYTES_MAX)
    texts = _Texts(numbered)
    rows = csv.reader(texts, delimiter=delimiter, strict=True)
    while True:
        first = header.number + texts.count + 1
        try:
            row = next(rows)
            if row:
                yield Found(first, _change(_row(row, columns, lines.encoding), reading))
        except StopIteration:
            return
        except csv.Error as error:
            yield BadLine(
                name, first, None, f"it is no CSV ({error}): a field with quotes in it is quoted, its quotes doubled"
            )
        except _Fault as fault:
            yield BadLine(name, first, fault.field, fault.reason)


class _Texts:
    """The texts of lines, counted, for the csv module; a line that is too long is as good as garbage to it."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.count += 1
        return line.text if line.fault is None else '"too long" "\n'


def _columns(header: Line) -> tuple[str, list[str]]:
    """The delimiter and the columns; the delimiter is the one that makes sense of the header."""
    if header.fault is not None:
        raise _Fault(None, header.fault)
    readings = [(delimiter, _header_names(header.text, delimiter)) for delimiter in _DELIMITERS]
    delimiter, names = max(readings, key=lambda read: sum(name in COLUMNS for name in read[1]))
    if unknown := [name for name in names if name not in COLUMNS]:
        raise _Fault(unknown[0][:60], f"there is no such column; expected {', '.join(COLUMNS)}")
    if twice := [name for name in names if names.count(name) > 1]:
        raise _Fault(twice[0], "the column is there twice")
    if missing := [name for name in ("application_id", "note_id") if name not in names]:
        raise _Fault(missing[0], "the column is missing from the first line, which names the columns")
    return delimiter, names


def _header_names(text: str, delimiter: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader([text], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _row(row: list[str], columns: list[str], encoding: str) -> dict[str, Any]:
    if len(row) != len(columns):
        raise _Fault(None, f"expected {len(columns)} fields as in the first line, got {len(row)}")
    for column, value in zip(columns, row, strict=True):
        _check_decoded(value, column, encoding)
    # CSV cannot tell an empty field from none.
    return {column: value for column, value in zip(columns, row, strict=True) if value}


_READERS = {"ndjson": _read_ndjson, "jsonl": _read_ndjson, "csv": _read_csv, "tsv": _read_csv}


# ---------------------------------------------------------------- a record


def _change(record: Mapping[str, Any], reading: Reading) -> Change:
    key = _key(record, reading)
    modified = _moment(record, "last_modified_at")
    if _is_deleted(record):
        return Change.delete(key, modified_at=modified, urgency=reading.urgency)
    note = ApplicationNote(
        note=_text(record, "note"),
        author=_author(record),
        created_at=_moment(record, "created_at"),
        last_modified_at=modified,
    )
    return Change.upsert(key, note, urgency=reading.urgency)


def _key(record: Mapping[str, Any], reading: Reading) -> ApplicationNoteKey:
    organization = _identifier(record, "organization") or reading.organization
    if organization is None:
        raise _Fault("organization", "it is missing, and no organization was named for the whole file")
    try:
        tenant = organization_urn(organization)
    except ValueError as error:
        raise _Fault("organization", str(error)) from None
    parts = [_identifier(record, name) for name in ("application_id", "note_id")]
    for name, part in zip(("application_id", "note_id"), parts, strict=True):
        if part is None or not part.strip():
            raise _Fault(name, "it is missing or blank")
    return ApplicationNoteKey(tenant, *(part or "" for part in parts))


def _identifier(record: Mapping[str, Any], name: str) -> str | None:
    value = record.get(name)
    return str(value) if type(value) is int else _text(record, name)


def _text(record: Mapping[str, Any], name: str) -> str | None:
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise _Fault(name, f"expected a text, got {_shown(value)}")
    if value is not None and "\0" in value:
        raise _Fault(name, "it holds a NUL character")
    return value


def _author(record: Mapping[str, Any]) -> Actor | None:
    first, last = _text(record, "author.first_name"), _text(record, "author.last_name")
    if first is None and last is None:
        return None
    if first is None or last is None:
        missing = "first_name" if first is None else "last_name"
        raise _Fault(f"author.{missing}", "it is missing: an author has a first name and a last name, or is left out")
    return Actor(first_name=first, last_name=last)


def _moment(record: Mapping[str, Any], name: str) -> Millis | None:
    value = record.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        text = value.strip()
        value = int(text) if _is_whole_number(text) else _from_iso(name, text)
    if type(value) is not int:
        raise _Fault(name, f"expected epoch milliseconds or a time such as 2026-06-01T12:00:00Z, got {_shown(value)}")
    if 0 < value < _SECONDS_BELOW:
        raise _Fault(name, f"{value} looks like seconds: expected epoch milliseconds")
    return Millis(value)


def _is_whole_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= 19


def _from_iso(name: str, text: str) -> int:
    try:
        return from_iso(text)
    except ValueError as error:
        if "without one" in str(error):
            raise _Fault(name, f"{text!r} has no zone: add Z for UTC, or an offset such as +01:00") from None
        raise _Fault(
            name, f"expected epoch milliseconds or a time such as 2026-06-01T12:00:00Z, got {text[:40]!r}"
        ) from None


def _is_deleted(record: Mapping[str, Any]) -> bool:
    value = record.get("deleted", False)
    is_deleted = _BOOLEANS.get(value.strip().lower()) if isinstance(value, str) else value
    if is_deleted is None and value is None:
        return False
    if not isinstance(is_deleted, bool):
        raise _Fault("deleted", f"expected true or false, got {_shown(value)}")
    return is_deleted


def _check_decoded(text: str, field: str | None, encoding: str) -> None:
    if (byte := undecoded(text)) is not None:
        hint = ": it may be windows-1252, say so with --encoding" if encoding == "utf-8" else ""
        raise _Fault(field, f"the byte {byte} is no {encoding.upper()}{hint}")


def _shown(value: object) -> str:
    """A value as messages show it: short."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


# ---------------------------------------------------------------- the same format, written


def format_record(row: Row, body: bytes | None) -> str:
    """An entity of the outbox as one line of NDJSON, with the reason why it is parked: mend it, and push it again."""
    tenant, _, record, parent = row.key
    fields: dict[str, Any] = {"organization": tenant, "application_id": parent, "note_id": record}
    if row.standing.op is Op.DELETE:
        fields["deleted"] = True
        if row.standing.src_modified:
            fields["last_modified_at"] = row.standing.src_modified
    else:
        fields |= _members(body)
    if row.standing.reason:
        fields["reason"] = row.standing.reason
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n"


def _members(body: bytes | None) -> dict[str, Any]:
    content = json.loads(body or b"null")
    return {name: value for name, value in content.items() if name in _MEMBERS} if isinstance(content, dict) else {}
