"""A platform in this process, and a caller that speaks the real protocol to it: raw targets, header lines, bytes."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hirewire.catalog.digest import ContentDigest
from hirewire.db import Database, Transaction
from hirewire.platform.administration import Administration, Provision, Provisioned
from hirewire.platform.app import Platform, create_app
from hirewire.platform.control import notes_range, shown_note
from hirewire.platform.journal import Entry, Filter
from hirewire.platform.rules import Rules
from hirewire.platform.settings import PlatformSettings
from hirewire.runtime.clock import ManualClock
from hirewire.runtime.logs import make_log
from hirewire.values.time import Millis, from_iso

NOON = from_iso("2026-03-15T12:00:00Z")
ORGANIZATION = "urn:li:organization:12345"
OTHER_ORGANIZATION = "urn:li:organization:678"
CONTROL_KEY = "the control key of the tests"
SEALING_KEY = "c2VhbGluZyBrZXkgb2YgdGhlIHRlc3RzLCAzMiBieXQ="

Body = bytes | str | Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """A response as its receiver sees it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        return self.json.get("code")


_NUMBERS = itertools.count(1)


def numbered_bytes(count: int) -> bytes:
    """ "Random" bytes that never repeat within a run."""
    return next(_NUMBERS).to_bytes(count, "big")


class Sandbox:
    """One platform on one database, on a clock that moves when told to."""

    def __init__(self, database: Database, **settings: Any) -> None:
        self.clock = ManualClock(NOON)
        usual = {"secret_cost": 4, "control_key": CONTROL_KEY, "sealing_key": SEALING_KEY}
        self.settings = PlatformSettings(**{**usual, **settings})
        self.lines: list[str] = []
        self.database = database
        self.random = numbered_bytes
        self.log = make_log(self.clock, level="debug", stream=_Lines(self.lines))  # type: ignore[arg-type]  # write and flush are all a log needs
        self.platform: Platform = create_app(self.settings, database, self.clock, log=self.log, random=self.random)
        self.stores = self.platform.stores
        self.administration = Administration(database, self.stores, self.random, secret_cost=4)
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.close()

    # -- asking

    def send(
        self,
        verb: str,
        target: str,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: Body = b"",
        *,
        pieces: list[bytes] | None = None,
        client: str = "127.0.0.1",
        declare_length: bool = True,
    ) -> Answer:
        """One request; ``pieces`` instead of ``body`` is a body of unknown length that arrives in parts."""
        return self._runner.run(self._send(verb, target, headers, body, pieces, client, declare_length))

    def send_together(self, requests: Iterable[tuple[Any, ...]]) -> list[Answer]:
        """Several requests at the same time."""

        async def all_of_them() -> list[Answer]:
            return await asyncio.gather(*(self._send(*request) for request in requests))

        return self._runner.run(all_of_them())

    async def _send(
        self,
        verb: str,
        target: str,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: Body = b"",
        pieces: list[bytes] | None = None,
        client: str = "127.0.0.1",
        declare_length: bool = True,
    ) -> Answer:
        content = as_bytes(body)
        path, _, query = target.partition("?")
        lines = list(headers.items() if isinstance(headers, Mapping) else headers)
        names = {name.lower() for name, _ in lines}
        if pieces is None and declare_length and verb not in ("GET", "DELETE") and "content-length" not in names:
            lines.append(("Content-Length", str(len(content))))
        if pieces is not None:
            lines.append(("Transfer-Encoding", "chunked"))
        scope = {
            "type": "http",
            "method": verb,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in lines],
            "client": (client, 50_000),
        }
        waiting = [content] if pieces is None else list(pieces)
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            if not waiting:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.platform(scope, receive, send)
        start, *rest = sent
        found = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        return Answer(start["status"], found, b"".join(message["body"] for message in rest))

    def work(self) -> None:
        """Let the workers do what is due by now, to its end."""
        self._runner.run(self.platform.workers.run_due())

    def control(self, verb: str, target: str, body: Body = b"", *, key: str = CONTROL_KEY, **options: Any) -> Answer:
        """One request to the control API."""
        return self.send(verb, target, {"Authorization": f"Bearer {key}"}, body, **options)

    # -- applications

    def provision(self, organization: str | None = ORGANIZATION, **wish: Any) -> Provisioned:
        return self.administration.provision(Provision(organization, **wish), self.clock.now())

    def token(self, made: Provisioned, secret: str | None = None) -> str:
        """A fresh token from the token endpoint."""
        form = f"grant_type=client_credentials&client_id={made.client_id}&client_secret={secret or made.client_secret}"
        answer = self.send("POST", "/oauth/v2/accessToken", {}, form.replace("=", "%3D").replace("%3D", "=", 3))
        assert answer.status == 200, answer.body
        token: str = answer.json["access_token"]
        return token

    def caller(self, organization: str | None = ORGANIZATION, *, rules: Rules | None = None, **wish: Any) -> Caller:
        """An application with a token, ready to call."""
        made = self.provision(organization, **wish)
        if rules is not None:
            self.database.write_now(lambda tx: self.stores.applications.set_rules(tx, made.client_id, rules))
        return Caller(self, made, self.token(made))

    # -- looking

    def notes(self, organization: str = ORGANIZATION, application: str | None = None) -> list[dict[str, Any]]:
        """Every note the platform holds for an organization."""

        def unit(tx: Transaction) -> list[dict[str, Any]]:
            return [
                shown_note(record) for record in self.stores.records.each(tx, notes_range(organization, application))
            ]

        return self.database.read_now(unit)

    def digest(self, organization: str = ORGANIZATION) -> str:
        def unit(tx: Transaction) -> str:
            digest = ContentDigest()
            for record in self.stores.records.each(tx, notes_range(organization, None)):
                digest.add(record.key, record.body)
            return digest.hexdigest()

        return self.database.read_now(unit)

    def journal(self, **wanted: Any) -> list[Entry]:
        """Journal entries, the newest first."""
        return self.database.read_now(lambda tx: [entry for _, entry in self.stores.journal.each(tx, Filter(**wanted))])

    def usage(self, client_id: str, resource: str = "application_notes") -> tuple[int, int]:
        """Requests and records counted in the current windows."""
        usage = self.database.read_now(lambda tx: self.stores.usages.of(tx, client_id)).get(resource)
        current = usage.at(self.clock.now()) if usage else None
        return (current.requests, current.records) if current else (0, 0)


@dataclass
class Caller:
    """One application that calls, with its token."""

    sandbox: Sandbox
    made: Provisioned
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def client_id(self) -> str:
        return self.made.client_id

    def send(self, verb: str, target: str, body: Body = b"", *, without: str = "", **headers: str) -> Answer:
        """One request with this application's token; ``X_Name="v"`` adds a header line, ``without`` drops one."""
        return self.sandbox.send(*self.request(verb, target, body, without=without, **headers))

    def request(
        self, verb: str, target: str, body: Body = b"", *, without: str = "", **headers: str
    ) -> tuple[Any, ...]:
        lines = {"Authorization": f"Bearer {self.token}", **self.headers}
        if target.startswith("/rest/"):
            lines["LinkedIn-Version"] = "202603"
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        return verb, target, {name: value for name, value in lines.items() if name.lower() != without.lower()}, body

    def put(self, *notes: dict[str, Any], organization: str = ORGANIZATION, **headers: str) -> Answer:
        """A batch_update of rest notes; each is an entity with ``app`` and ``id`` beside its fields."""
        return self.send(*self.put_request(*notes, organization=organization), **headers)

    def put_request(self, *notes: dict[str, Any], organization: str = ORGANIZATION) -> tuple[str, str, dict[str, Any]]:
        keys = [rest_key(each.pop("app", "app"), each.pop("id"), organization) for each in (dict(n) for n in notes)]
        entities = {
            key: {**NOTE, **{name: value for name, value in note.items() if name not in ("app", "id")}}
            for key, note in zip(keys, notes, strict=True)
        }
        return "PUT", f"/rest/applicationNotes?{rest_ids(keys)}", {"entities": entities}

    def delete(self, *ids: str, app: str = "app", organization: str = ORGANIZATION) -> Answer:
        """A batch_delete of rest notes."""
        keys = [rest_key(app, id, organization) for id in ids]
        return self.send("DELETE", f"/rest/applicationNotes?{rest_ids(keys)}")

    def put_v2(self, *notes: dict[str, Any], app: str = "app", organization: str = ORGANIZATION) -> Answer:
        """A batch_update of v2 notes."""
        entities = {note["id"]: {name: value for name, value in note.items() if name != "id"} for note in notes}
        ids = "&".join(f"ids={id}" for id in entities)
        return self.send("PUT", f"/v2/atsApplications/{v2_path(app, organization)}/notes?{ids}", {"entities": entities})


NOTE = {
    "note": "interview",
    "author": {"firstName": "Angela", "lastName": "Smith"},
    "externalCreatedAt": NOON - 1_000,
    "externalLastModifiedAt": NOON - 1_000,
}


def rest_key(app: str, id: str, organization: str = ORGANIZATION) -> str:
    """A 1.0.0 key in canonical form, for ids that need no escaping."""
    return f"externalJobApplicationId={app}&externalNoteId={id}&integrationContext={organization.replace(':', '%3A')}"


def rest_ids(keys: Iterable[str]) -> str:
    """The 1.0.0 ``ids`` of canonical keys."""
    parts = ((index, part) for index, key in enumerate(keys) for part in key.split("&"))
    return "&".join(f"ids[{index}].{part}" for index, part in parts)


def v2_path(app: str, organization: str = ORGANIZATION) -> str:
    return f"atsJobApplicationId={app}&dataProvider=ATS&integrationContext={organization}"


def as_bytes(body: Body) -> bytes:
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def milliseconds(count: float) -> Millis:
    return Millis(int(NOON + count))


class _Lines:
    """Where the log of a sandbox goes."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def write(self, text: str) -> None:
        self._lines.append(text)

    def flush(self) -> None:
        return
