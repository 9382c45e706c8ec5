"""Columns of a batch as PostgreSQL arrays in binary form: exact types, no quoting, one pass."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from psycopg import pq
from psycopg.abc import AdaptContext
from psycopg.adapt import AdaptersMap, Dumper


class Column(list[Any]):
    """The values of one member over the rows of a batch; ``None`` is NULL. A subclass for each type of member."""

    __slots__ = ()
    oid: ClassVar[int]
    array_oid: ClassVar[int]
    encode: ClassVar[Callable[[Any], bytes]]


class Boolean(Column):
    """``boolean[]``"""

    __slots__ = ()
    oid, array_oid, encode = 16, 1000, struct.Struct(">?").pack


class Bytea(Column):
    """``bytea[]``"""

    __slots__ = ()
    oid, array_oid, encode = 17, 1001, bytes


class BigInt(Column):
    """``bigint[]``"""

    __slots__ = ()
    oid, array_oid, encode = 20, 1016, struct.Struct(">q").pack


class Integer(Column):
    """``integer[]``"""

    __slots__ = ()
    oid, array_oid, encode = 23, 1007, struct.Struct(">i").pack


class Text(Column):
    """``text[]``"""

    __slots__ = ()
    oid, array_oid, encode = 25, 1009, str.encode


class DoublePrecision(Column):
    """``double precision[]``"""

    __slots__ = ()
    oid, array_oid, encode = 701, 1022, struct.Struct(">d").pack


COLUMNS: Mapping[str, type[Column]] = {
    "boolean": Boolean,
    "bytea": Bytea,
    "bigint": BigInt,
    "integer": Integer,
    "text": Text,
    "double precision": DoublePrecision,
}

# https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/arrayfuncs.c, array_recv:
# dimensions, whether there are NULLs, element type; then per dimension its length and lower bound; then the elements.
_HEADER = struct.Struct(">iiIii")
_LENGTH = struct.Struct(">i")
_NULL = _LENGTH.pack(-1)


def write_array(column: Column) -> bytes:
    """The array in the wire's binary form; ``struct.error`` or ``TypeError`` for a value not of the column's type."""
    encode = type(column).encode
    parts = [_HEADER.pack(1, None in column, column.oid, len(column), 1)]
    for value in column:
        if value is None:
            parts.append(_NULL)
        else:
            data = encode(value)
            parts += (_LENGTH.pack(len(data)), data)
    return b"".join(parts)


class _ColumnDumper(Dumper):
    format = pq.Format.BINARY

    def __init__(self, cls: type[Column], context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        self.oid = cls.array_oid

    def dump(self, obj: Column) -> bytes:
        return write_array(obj)


def teach_columns(adapters: AdaptersMap) -> None:
    """Let the connection or cursor these adapters belong to take columns as parameters."""
    for column in COLUMNS.values():
        adapters.register_dumper(column, _ColumnDumper)
