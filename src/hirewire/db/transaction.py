"""What a unit of work may do with its transaction, the same on every database. Drivers implement it."""

from __future__ import annotations

import abc
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from hirewire.db.statements import Dialect, Statement

Params = Mapping[str, Any]
"""Values by parameter name: ``None``, ``int`` (64 bits), ``float``, ``str``, ``bytes``, ``bool``; others are the driver's."""

NO_PARAMS: Params = MappingProxyType({})

STREAM_BATCH = 1_000

ENDED = "this transaction has ended: a unit must not keep it, nor return a stream of its rows"


class Transaction(abc.ABC):
    """An open transaction. It is good inside the unit it is handed to, on that unit's thread, and no longer."""

    dialect: ClassVar[Dialect]

    @abc.abstractmethod
    def execute(self, statement: Statement, params: Params = NO_PARAMS) -> int:
        """Run a statement and say how many rows it inserted, updated or deleted (0 for any other statement)."""

    @abc.abstractmethod
    def rows(self, statement: Statement, params: Params = NO_PARAMS) -> list[tuple[Any, ...]]:
        """All rows of a SELECT, or of an INSERT, UPDATE or DELETE with RETURNING. Bound them in the SQL, or `stream`."""

    def one(self, statement: Statement, params: Params = NO_PARAMS) -> tuple[Any, ...] | None:
        """The first row, or ``None``."""
        rows = self.rows(statement, params)
        return rows[0] if rows else None

    @abc.abstractmethod
    def stream(
        self, statement: Statement, params: Params = NO_PARAMS, batch: int = STREAM_BATCH
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of a SELECT one after another, ``batch`` rows held at a time. Consume it inside the unit."""

    @abc.abstractmethod
    def execute_rows(
        self, statement: Statement, rows: Sequence[Sequence[Any]], params: Params = NO_PARAMS
    ) -> list[tuple[Any, ...]]:
        """Run a statement for a batch of rows (see ``hirewire.db`` for its marking); what it RETURNs, in any order.

        The batch is cut into several statements where it is long, so a statement must treat each row by itself; two
        rows of one batch must not have the same key.
        """

    @abc.abstractmethod
    def script(self, sql: str) -> None:
        """Run several statements without parameters, as migrations do."""
