"""Where the parameters stand in a SQL statement: strings, comments and casts are told apart. No SQL is understood here."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from hirewire.db.errors import StatementFailed
from hirewire.db.statements import Statement


@dataclasses.dataclass(frozen=True, slots=True)
class Param:
    """``:name``, a parameter given by name."""

    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """``:1``, ``:2`` …: a member of the batch's row, counted from 1; ``array`` is the array type cast to, if any."""

    number: int
    array: str = ""


Piece = str | Param | Member

# Strings, quoted identifiers, comments and dollar quotes are passed over whole, so that a colon in them stays a colon.
# A colon after a name, a number, a closing bracket or another colon belongs to a slice or a cast.
_TOKEN = re.compile(
    r"""
      (?P<rows> /\*rows\*/ )
    | (?P<passed> (?<!\w)[eE]'(?:[^'\\]|\\.)*' | '[^']*' | "[^"]*" | `[^`]*` | (?<![\w$])\$(?P<tag>\w*)\$.*?\$(?P=tag)\$
                | --[^\n]* | /\*.*?\*/ )
    | (?P<unclosed> ['"`] | /\* )
    | (?<![\w)\]:]) : (?: (?P<name>[A-Za-z_]\w*) | (?P<number>[1-9]\d*) (?: (?= ::(?P<array>[a-z ]+)\[\]) )? )
    | (?P<paren> [()] )
    """,
    re.VERBOSE | re.DOTALL,
)


def cut(statement: Statement) -> tuple[Piece, ...]:
    """The statement cut at its parameters.

    >>> cut(Statement("by_key", "SELECT ':x', body::text FROM note WHERE key = :key"))
    ("SELECT ':x', body::text FROM note WHERE key = ", Param(name='key'))
    """
    return _pieces(statement.sql, _tokens(statement), 0, len(statement.sql))


@functools.lru_cache(maxsize=1024)
def names(statement: Statement) -> tuple[str, ...]:
    """The names of its parameters, each once, in the order they first occur."""
    return tuple(dict.fromkeys(piece.name for piece in cut(statement) if isinstance(piece, Param)))


@functools.lru_cache(maxsize=1024)
def is_for_batches(statement: Statement) -> bool:
    """Whether the statement has members of a row."""
    return any(isinstance(piece, Member) for piece in cut(statement))


def require_values(statement: Statement, params: Mapping[str, Any]) -> None:
    """``StatementFailed`` when a parameter of the statement has no value."""
    for name in names(statement):
        if name not in params:
            raise StatementFailed(f"{statement.name}.sql: no value given for :{name}")


def require_single(statement: Statement, params: Mapping[str, Any]) -> None:
    """``StatementFailed`` also when the statement is for batches, and there is none."""
    if is_for_batches(statement):
        raise StatementFailed(f"{statement.name}.sql: it is for a batch of rows: use execute_rows()")
    require_values(statement, params)


@dataclasses.dataclass(frozen=True, slots=True)
class RowParts:
    """A statement around its marked row: ``head``, the row with its parentheses, ``tail``."""

    head: tuple[Piece, ...]
    row: tuple[Piece, ...]
    tail: tuple[Piece, ...]
    width: int


def cut_at_row(statement: Statement) -> RowParts:
    """The statement cut at its ``/*rows*/ (…)``; ``StatementFailed`` says what is wrong with the marking.

    >>> cut_at_row(Statement("put", "INSERT INTO t VALUES /*rows*/ (:1, lower(:2))")).width
    2
    """
    tokens = _tokens(statement)
    start, end = _row_span(statement, tokens)
    row = _pieces(statement.sql, tokens, start, end)
    width = max((piece.number for piece in row if isinstance(piece, Member)), default=0)
    if not width:
        raise StatementFailed(f"{statement.name}.sql: expected members :1, :2 … in the row marked /*rows*/, got none")
    head = _pieces(statement.sql, tokens, 0, start)
    tail = _pieces(statement.sql, tokens, end, len(statement.sql))
    if any(isinstance(piece, Member) for piece in head + tail):
        raise StatementFailed(f"{statement.name}.sql: expected members :1, :2 … only in the row marked /*rows*/")
    return RowParts(head, row, tail, width)


@functools.lru_cache(maxsize=256)
def _tokens(statement: Statement) -> tuple[re.Match[str], ...]:
    tokens = tuple(_TOKEN.finditer(statement.sql))
    for token in tokens:
        if token.lastgroup == "unclosed":
            raise StatementFailed(f"{statement.name}.sql: {token[0]} at character {token.start()} is never closed")
    return tokens


def _pieces(sql: str, tokens: Sequence[re.Match[str]], start: int, end: int) -> tuple[Piece, ...]:
    """The part of ``sql`` from ``start`` to ``end``, cut at the parameters in it."""
    pieces: list[Piece] = []
    done = start
    for token in tokens:
        if not start <= token.start() < end or not (token["name"] or token["number"]):
            continue
        parameter = Param(token["name"]) if token["name"] else Member(int(token["number"]), token["array"] or "")
        pieces += [sql[done : token.start()], parameter]
        done = token.end()
    pieces.append(sql[done:end])
    return tuple(piece for piece in pieces if piece != "")


def _row_span(statement: Statement, tokens: Sequence[re.Match[str]]) -> tuple[int, int]:
    """From the parenthesis that follows the only ``/*rows*/`` to the one that closes it."""
    marks = [index for index, token in enumerate(tokens) if token["rows"]]
    if len(marks) != 1:
        raise StatementFailed(f"{statement.name}.sql: expected one row marked /*rows*/ (:1, :2), got {len(marks)}")
    mark = marks[0]
    parens = [token for token in tokens[mark + 1 :] if token["paren"]]
    if not parens or statement.sql[tokens[mark].end() : parens[0].end()].strip() != "(":
        raise StatementFailed(f"{statement.name}.sql: expected '(' right after /*rows*/")
    depth = 0
    for paren in parens:
        depth += 1 if paren[0] == "(" else -1
        if depth == 0:
            return parens[0].start(), paren.end()
    raise StatementFailed(f"{statement.name}.sql: the row marked /*rows*/ is never closed")
