"""The service most people would write: FastAPI, pydantic, SQLAlchemy's ORM, one ``session.merge`` a note.

``python -m benchmarks.peers.orm_service DATABASE_URL``
"""

from __future__ import annotations

import sys

from fastapi import FastAPI
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.peers.notes_api import Batch, BatchResult, answer, columns
from benchmarks.peers.sql_tables import NoteRow, open_engine
from benchmarks.peers.uvicorn_server import serve


def create_app(url: str) -> FastAPI:
    """The service on a database."""
    app = FastAPI()
    sessions = sessionmaker(open_engine(url))

    @app.put("/notes")
    def put_notes(batch: Batch) -> BatchResult:
        session: Session
        with sessions.begin() as session:
            for note in batch.notes:
                session.merge(NoteRow(**columns(note)))
        return answer(batch)

    return app


if __name__ == "__main__":
    serve(create_app(sys.argv[1]))
