"""The service of somebody who has been there: FastAPI and pydantic, but one bulk upsert with SQLAlchemy Core.

``python -m benchmarks.peers.core_service DATABASE_URL``
"""

from __future__ import annotations

import sys
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite

from benchmarks.peers.notes_api import Batch, BatchResult, answer, columns
from benchmarks.peers.sql_tables import NoteRow, open_engine
from benchmarks.peers.uvicorn_server import serve

_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def create_app(url: str) -> FastAPI:
    """The service on a database."""
    app = FastAPI()
    engine = open_engine(url)
    statement = _upsert(engine)

    @app.put("/notes")
    def put_notes(batch: Batch) -> BatchResult:
        with engine.begin() as connection:
            connection.execute(statement, [columns(note) for note in batch.notes])
        return answer(batch)

    return app


def _upsert(engine: Engine) -> Any:
    table: Any = NoteRow.__table__
    insert: Any = _INSERTS[engine.dialect.name](table)
    values = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=values)


if __name__ == "__main__":
    serve(create_app(sys.argv[1]))
