"""The unit of work, 100 application notes, and the requests that carry it. Every batch sent is of new notes.

A request is made once, with a mark where the number of its batch stands; sending it costs one ``bytes.replace``, so the
generator is never what is measured.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from hirewire.catalog.application_notes import APPLICATION_NOTES, Actor, ApplicationNote, ApplicationNoteKey
from hirewire.catalog.call import Call, Entity, Key, Patch
from hirewire.catalog.codec import encode_call
from hirewire.catalog.generations import LATEST, Dialect, Generation
from hirewire.wire.http import Headers, HttpRequest
from hirewire.wire.methods import Method
from hirewire.wire.protocol import Protocol
from hirewire.wire.tunnel import fold

NOTES_PER_BATCH = 100
ORGANIZATION = "urn:li:organization:12345"

MARK = "ZZZZZZZZ"
"""Stands for the number of a batch, which has as many digits."""

REST = Dialect(Generation.REST, Protocol.V2, LATEST)
V2 = Dialect(Generation.V2, Protocol.V2, None)

Notes: TypeAlias = dict[ApplicationNoteKey, ApplicationNote]

_BOUNDARY = "hirewire-benchmark-boundary"
_TEXT = "Phone screen done: knows the domain well, asks for four days a week. Verdict: second interview. "
_WRITTEN_AT = 1_700_000_000_000


def note(number: int) -> ApplicationNote:
    """A note of usual length by a recruiter."""
    return ApplicationNote(
        note=f"{_TEXT}({number})",
        author=Actor("Angela", "Smith"),
        created_at=_WRITTEN_AT + number,
        last_modified_at=_WRITTEN_AT + 60_000 + number,
    )


def batch(mark: str = MARK, count: int = NOTES_PER_BATCH) -> Notes:
    """Notes on as many applications, in the order an export has them: ids ascend."""
    return {
        ApplicationNoteKey(ORGANIZATION, f"app-{mark}-{number:03d}", f"note-{mark}-{number:03d}"): note(number)
        for number in range(count)
    }


def one_application(mark: str = MARK) -> Notes:
    """Notes on one application, as one call of v2 must have them."""
    return {ApplicationNoteKey(ORGANIZATION, f"app-{mark}", key.note_id): note for key, note in batch(mark).items()}


def batch_update(notes: Notes, dialect: Dialect = REST) -> HttpRequest:
    """The request that stores notes, not tunnelled."""
    entities: dict[Key, Entity | Patch | None] = dict(notes.items())
    return encode_call(Call(APPLICATION_NOTES, Method.BATCH_UPDATE, entities), dialect)


@dataclass(frozen=True, slots=True)
class Load:
    """A request for every batch number, and what its answer must be."""

    raw: bytes
    check: Callable[[bytes], None]

    def request(self, number: int) -> bytes:
        """The bytes of the batch of that number."""
        return self.raw.replace(MARK.encode(), b"%08d" % number)


def platform_load(
    token: str,
    dialect: Dialect = REST,
    notes: Notes | None = None,
    *,
    is_tunnelled: bool = True,
    refused: int = 0,
) -> Load:
    """A batch_update as the platform takes it. A query of 100 complex keys is too long for a URL, so it is tunnelled."""
    request = batch_update(batch() if notes is None else notes, dialect)
    if is_tunnelled:
        request = fold(request, _BOUNDARY)
    return Load(raw_request(request, {"Authorization": f"Bearer {token}"}), _check_reply(refused))


def plain_json_load() -> Load:
    """The same notes as a service without Rest.li would take them: a list of flat objects."""
    rows = [{**key._asdict(), **msgspec.to_builtins(note)} for key, note in batch().items()]
    body = json.dumps({"notes": rows}, separators=(",", ":")).encode()
    headers = Headers((("Content-Type", "application/json"),))
    return Load(raw_request(HttpRequest("PUT", "/notes", headers, body)), _check_list)


def one_bad() -> Notes:
    """The batch with one note that breaks a rule: its text is blank."""
    notes = batch()
    middle = list(notes)[NOTES_PER_BATCH // 2]
    return notes | {middle: msgspec.structs.replace(notes[middle], note="   ")}


def raw_request(request: HttpRequest, extra: Mapping[str, str] | None = None) -> bytes:
    """A request as bytes on the wire."""
    lines = {"Host": "127.0.0.1", **dict(request.headers), **(extra or {}), "Content-Length": str(len(request.body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{request.verb} {request.target} HTTP/1.1\r\n{head}\r\n".encode() + request.body


def _check_reply(refused: int) -> Callable[[bytes], None]:
    def check(body: bytes) -> None:
        reply: dict[str, Any] = json.loads(body)
        counts = (len(reply["results"]), len(reply["errors"]))
        if counts != (NOTES_PER_BATCH - refused, refused):
            raise ValueError(
                f"expected {NOTES_PER_BATCH} notes, {refused} of them refused, got {counts}: {body[:300]!r}"
            )

    return check


def _check_list(body: bytes) -> None:
    results = json.loads(body)["results"]
    if len(results) != NOTES_PER_BATCH:
        raise ValueError(f"expected {NOTES_PER_BATCH} results, got {len(results)}")
