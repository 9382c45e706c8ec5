"""Client secrets that can be read again, sealed: whoever signs a push event must know the secret, not only its digest.

The key is never in the database. A SQLite file has it in a file beside it, made on first use and readable by its owner
alone; for PostgreSQL it is a setting. Without a key nothing is sealed, and push events wait.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from hirewire.db import Database, Statements, Transaction

KEY_SUFFIX = ".sealing-key"
_OWNER_ONLY = 0o600


class SealingError(Exception):
    """A sealed secret cannot be read; the text says why and what to do."""


class Sealer:
    """Seals and opens texts under one key."""

    def __init__(self, read_key: Callable[[], bytes]) -> None:
        self._read_key = read_key
        self._fernet: Fernet | None = None
        self._lock = threading.Lock()

    @classmethod
    def of(cls, database: Database, key: str | None = None) -> Sealer | None:
        """The sealer of a database: with the key given, else the one beside its file; None where there is neither.

        Raises:
            ValueError: the key given is none.
        """
        if key is not None:
            sealer = cls(lambda: key.encode())
            sealer._cipher()
            return sealer
        if database.file is None:
            return None
        beside = database.file.with_name(database.file.name + KEY_SUFFIX)
        return cls(lambda: _key_in(beside))

    def seal(self, text: str) -> bytes:
        """The text, unreadable without the key. Sealing it again gives other bytes."""
        return self._cipher().encrypt_at_time(text.encode(), 0)

    def open(self, sealed: bytes) -> str:
        """The text again.

        Raises:
            SealingError: it was sealed under another key.
        """
        try:
            return self._cipher().decrypt(sealed).decode()
        except InvalidToken:
            raise SealingError(
                "the client secret was sealed under another key: give the platform that key, or rotate the secret"
            ) from None

    def _cipher(self) -> Fernet:
        with self._lock:
            if self._fernet is None:
                self._fernet = Fernet(self._read_key())
            return self._fernet


def _key_in(file: Path) -> bytes:
    """The key in a file, which is made if need be: whole under another name first, so that nobody reads half of one."""
    if not file.exists():
        draft = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as opened:
            opened.write(Fernet.generate_key())
            opened.flush()
            os.fsync(opened.fileno())
        # Another process may have been faster: its key stands.
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_bytes()


class SealedSecrets:
    """The stored secrets."""

    def __init__(self, statements: Statements, sealer: Sealer | None) -> None:
        self._statements = statements
        self._sealer = sealer

    @property
    def can_seal(self) -> bool:
        """Whether there is a key at all."""
        return self._sealer is not None

    def put(self, tx: Transaction, client_id: str, secret: str) -> None:
        """Keep an application's secret; where there is no key, only what was kept of an older one goes."""
        if self._sealer is None:
            tx.execute(self._statements["drop_sealed_secret"], {"client_id": client_id})
            return
        sealed = self._sealer.seal(secret)
        tx.execute(self._statements["put_sealed_secret"], {"client_id": client_id, "sealed": sealed})

    def find(self, tx: Transaction, client_id: str) -> str:
        """An application's secret.

        Raises:
            SealingError: there is none that can be read.
        """
        if self._sealer is None:
            raise SealingError("there is no sealing key: set sealing_key, then rotate the application's secret")
        row = tx.one(self._statements["find_sealed_secret"], {"client_id": client_id})
        if row is None:
            raise SealingError(f"the secret of {client_id} was never sealed: rotate it (hirewire platform rotate)")
        return self._sealer.open(bytes(row[0]))
