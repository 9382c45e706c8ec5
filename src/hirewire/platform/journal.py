"""The request journal: what came, what was answered, how long it took. Durable, and bounded by rows.

Authorization is never part of it, secrets are masked, and of bodies only an excerpt is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import msgspec

from hirewire.db import Statements, Transaction
from hirewire.values.time import Millis

TARGET_CHARACTERS_MAX = 2_000
STALE_KEYS_MAX = 100
_TRIM_EVERY = 256
ID_MAX = 2**62

_SECRET_PARAMETERS = re.compile(
    r"(?P<name>(?:^|[?&])(?:client_secret|access_token|oauth2_access_token|refresh_token|token|password)=)[^&#]*",
    re.IGNORECASE,
)
_SECRET_MEMBERS = re.compile(rb'(?P<name>"(?:client_secret|access_token)"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|$)')


@dataclass(frozen=True, slots=True)
class Entry:
    """One request and its answer.

    ``failed`` counts the records that were refused, ``stale`` those that were answered 204 but not applied, because the
    stored version is newer (decision G-16); ``stale_keys`` are their reply keys, at most 100. ``duration_us`` is from
    the end of the request's head to the decision, the commit not included.
    """

    at: Millis
    request_id: str
    client_id: str | None
    verb: str
    target: str
    status: int
    duration_us: int
    method: str | None = None
    resource: str | None = None
    code: str | None = None
    records: int = 0
    failed: int = 0
    stale_keys: tuple[str, ...] = ()
    stale: int = 0
    request: bytes = b""
    response: bytes = b""


_NAMES = tuple(field.name for field in fields(Entry))
# The order of columns in list_journal.sql, after the id.
_COLUMNS = (
    "at", "request_id", "client_id", "verb", "target", "method", "resource", "status", "code",
    "records", "failed", "stale", "stale_keys", "duration_us", "request", "response",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries to list: older than ``before`` (an id), of one application, of one request, from a status up."""

    before: int = ID_MAX
    client_id: str | None = None
    request_id: str | None = None
    status_min: int = 0
    count: int = 50


class Journal:
    """The stored entries, at most some ``rows_max`` of them."""

    def __init__(self, statements: Statements, rows_max: int) -> None:
        self._statements = statements
        self._rows_max = rows_max

    def add(self, tx: Transaction, entry: Entry) -> None:
        """Store an entry, and now and then drop what is too old."""
        values = {name: getattr(entry, name) for name in _NAMES}
        keys = msgspec.json.encode(entry.stale_keys[:STALE_KEYS_MAX])
        row = tx.one(
            self._statements["add_journal"], values | {"target": masked_target(entry.target), "stale_keys": keys}
        )
        if row is not None and row[0] % min(_TRIM_EVERY, self._rows_max) == 0:
            tx.execute(self._statements["trim_journal"], {"through": row[0] - self._rows_max})

    def each(self, tx: Transaction, wanted: Filter) -> Iterator[tuple[int, Entry]]:
        """Entries with their ids, the newest first."""
        params = {name: getattr(wanted, name) for name in Filter.__slots__}
        for number, *columns in tx.rows(self._statements["list_journal"], params):
            yield number, _entry(dict(zip(_COLUMNS, columns, strict=True)))


def _entry(values: dict[str, Any]) -> Entry:
    keys = msgspec.json.decode(values["stale_keys"], type=tuple[str, ...])
    read: dict[str, Any] = {"request": bytes(values["request"]), "response": bytes(values["response"])}
    return Entry(**{**values, **read, "stale_keys": keys})


def masked_target(target: str) -> str:
    """A target as the journal and the log may show it: secrets masked, no NUL, bounded.

    >>> masked_target("/oauth/v2/accessToken?client_id=a&client_secret=b")
    '/oauth/v2/accessToken?client_id=a&client_secret=***'
    """
    return _SECRET_PARAMETERS.sub(r"\g<name>***", target[:TARGET_CHARACTERS_MAX]).replace("\0", "%00")


def excerpt(body: bytes, size_max: int) -> bytes:
    """The first bytes of a body with secrets masked. A secret cut by the end of the excerpt is masked too."""
    return _SECRET_MEMBERS.sub(rb'\g<name>"***"', body[: size_max + 512])[:size_max] if size_max else b""
