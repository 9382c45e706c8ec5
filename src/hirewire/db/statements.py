"""Named SQL statements kept in files, one statement a file, side by side for both dialects.

Nothing here talks to a database or looks into the SQL.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Literal

Dialect = Literal["sqlite", "postgres"]


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement under the name a store and an error message call it by."""

    name: str
    sql: str


class Statements(Mapping[str, Statement]):
    """The statements of one package in one dialect, by name.

    >>> Statements.load("hirewire.db.queries", "sqlite")["table_exists"].name
    'table_exists'
    """

    def __init__(self, source: str, statements: Mapping[str, Statement]) -> None:
        self._source = source
        self._statements = dict(statements)

    @classmethod
    def load(cls, package: str, dialect: Dialect) -> Statements:
        """Read every ``<dialect>/NAME.sql`` of ``package``."""
        folder = resources.files(package).joinpath(dialect)
        files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
        names = (file.name.removesuffix(".sql") for file in files)
        return cls(
            f"{package}/{dialect}",
            {name: Statement(name, file.read_text(encoding="utf-8")) for name, file in zip(names, files, strict=True)},
        )

    def __getitem__(self, name: str) -> Statement:
        try:
            return self._statements[name]
        except KeyError:
            raise KeyError(f"no statement {name}.sql in {self._source}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._statements)

    def __len__(self) -> int:
        return len(self._statements)
