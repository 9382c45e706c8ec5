"""A SQLite statement repeated for the rows of a batch. Pure: text and values in, text and values out."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hirewire.db.errors import StatementFailed
from hirewire.db.lexer import Member, Param, Piece, cut_at_row, names, require_values
from hirewire.db.statements import Statement

VARIABLES_MAX = 32_766  # SQLite's own default; the library Python was built with has it too

# Few sizes, so that the texts stay few and their prepared statements are found again; any count is a sum of few of them.
CHUNK_SIZES = (100, 64, 32, 16, 8, 4, 2, 1)


def batches(
    statement: Statement, rows: Sequence[Sequence[Any]], params: Mapping[str, Any]
) -> Iterator[tuple[str, list[Any]]]:
    """The texts to run one after another, each with the values of its ``?`` in order."""
    require_values(statement, params)
    shared = [params[name] for name in names(statement)]
    parts = _parts(statement)
    start = 0
    while start < len(rows):
        count = _chunk_size(len(rows) - start, parts.width, len(shared))
        chunk = rows[start : start + count]
        if any(len(row) != parts.width for row in chunk):
            raise StatementFailed(f"{statement.name}.sql: expected rows of {parts.width} members")
        yield _text(statement, count), [*shared, *itertools.chain.from_iterable(chunk)]
        start += count


def _chunk_size(waiting: int, width: int, shared: int) -> int:
    return next(
        size for size in CHUNK_SIZES if size <= waiting and (size * width + shared <= VARIABLES_MAX or size == 1)
    )


_parts = functools.lru_cache(maxsize=256)(cut_at_row)


@functools.lru_cache(maxsize=256 * len(CHUNK_SIZES))
def _text(statement: Statement, count: int) -> str:
    """The statement with its row repeated: ``?1``, ``?2`` … are the shared parameters, then come the rows'."""
    parts = _parts(statement)
    shared = names(statement)

    def numbered(piece: Piece, row: int) -> str:
        match piece:
            case Param(name):
                return f"?{shared.index(name) + 1}"
            case Member(number):
                return f"?{len(shared) + row * parts.width + number}"
            case text:
                return text

    head = "".join(numbered(piece, 0) for piece in parts.head)
    repeated = ", ".join("".join(numbered(piece, row) for piece in parts.row) for row in range(count))
    tail = "".join(numbered(piece, 0) for piece in parts.tail)
    return head + repeated + tail
