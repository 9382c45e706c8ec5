"""A day's changes as moments and customers, and a recorded day read from NDJSON or CSV. Nothing is sent here."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from hirewire.values.time import Millis, from_iso


@dataclass(frozen=True)
class Traffic:
    """Live changes in order of arrival (``moments`` in ms, ``owners`` as indexes into ``customers``), and backfill.

    ``backfill`` are records that wait from the beginning, by customer.
    """

    moments: array[int]
    owners: array[int]
    customers: tuple[str, ...]
    backfill: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, arrivals: Iterable[tuple[int, str]], backfill: Mapping[str, int] | None = None) -> Traffic:
        """From pairs of a moment and a customer, in any order."""
        ordered = sorted(arrivals)
        names = tuple(sorted({name for _, name in ordered} | set(backfill or ())))
        index = {name: number for number, name in enumerate(names)}
        return cls(
            array("q", [moment for moment, _ in ordered]),
            array("l", [index[name] for _, name in ordered]),
            names,
            backfill or {},
        )

    def __len__(self) -> int:
        return len(self.moments)

    def without(self, customer: str) -> Traffic:
        """The same day without one customer."""
        pairs = zip(self.moments, self.owners, strict=True)
        kept = ((moment, self.customers[owner]) for moment, owner in pairs if self.customers[owner] != customer)
        return Traffic.of(kept, {name: count for name, count in self.backfill.items() if name != customer})


class TraceError(ValueError):
    """A line of a recorded trace cannot be read; the message says which and what was expected."""


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    at: int | str
    customer: str = "customer"
    kind: str = "live"
    entity: str | None = None


def read_trace(lines: Iterable[str], *, is_csv: bool) -> Traffic:
    """A recorded day: NDJSON or CSV with ``at`` (epoch ms or ISO 8601), ``customer``, ``kind`` (live or backfill).

    ``entity`` may be named and is not looked at: a simulated change is never newer than another one of its record.

    Raises:
        TraceError: a line is not that.
    """
    live: list[tuple[int, str]] = []
    backfill: dict[str, int] = {}
    for number, line in enumerate(_csv(lines) if is_csv else _ndjson(lines), start=2 if is_csv else 1):
        try:
            read = msgspec.convert(line, _Line, strict=not is_csv)
            moment = _moment(read.at)
        except (msgspec.MsgspecError, ValueError) as error:
            raise TraceError(f"line {number} of the trace: {error}; expected at, customer and kind") from None
        if read.kind == "backfill":
            backfill[read.customer] = backfill.get(read.customer, 0) + 1
        elif read.kind == "live":
            live.append((moment, read.customer))
        else:
            raise TraceError(f"line {number} of the trace: kind is {read.kind!r}; expected live or backfill")
    if not live:
        raise TraceError("the trace names no live change; expected at least one line")
    return Traffic.of(live, backfill)


def _moment(at: int | str) -> Millis:
    if isinstance(at, str) and not at.isdecimal():
        return from_iso(at)
    return Millis(int(at))


def _csv(lines: Iterable[str]) -> Iterable[object]:
    return ({name: value for name, value in row.items() if value} for row in csv.DictReader(lines))


def _ndjson(lines: Iterable[str]) -> Iterable[object]:
    for line in lines:
        try:
            yield msgspec.json.decode(line)
        except msgspec.DecodeError as error:
            yield str(error)
