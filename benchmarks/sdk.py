"""Benchmark of the SDK against the same call by hand, both against a server that costs next to nothing."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from benchmarks.benchmark import Benchmark, Measure, Scale
from benchmarks.figures import Comparison, Goal, Turn
from benchmarks.processes import folder, serving
from benchmarks.workload import NOTES_PER_BATCH, batch, batch_update
from hirewire import Client

_NOTES = batch("00000000")


@contextlib.contextmanager
def _open(scale: Scale) -> Iterator[Mapping[str, Measure]]:
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(folder())
        server = stack.enter_context(serving(place, "benchmarks.peers.canned_service", str(_answer_file(place))))
        client = stack.enter_context(Client(client_id="a", client_secret="b", base_url=server.url))
        yield {
            "hirewire.Client": _batches_per_second(lambda: _by_sdk(client), scale),
            "requests + json": _batches_per_second(_by_hand(stack, server.url), scale),
        }


def _wire_entities() -> dict[str, dict[str, object]]:
    """The batch as its body on the wire spells it: reply keys to JSON objects."""
    request = batch_update(_NOTES)
    entities: dict[str, dict[str, object]] = msgspec.json.decode(request.body)["entities"]
    return entities


def _answer_file(place: Path) -> Path:
    answer = {"results": {key: {"status": 204} for key in _wire_entities()}, "errors": {}}
    file = place / "answer.json"
    file.write_text(json.dumps(answer), encoding="utf-8")
    return file


def _by_sdk(client: Client) -> int:
    return len(client.application_notes.upsert(_NOTES).succeeded)


def _by_hand(stack: contextlib.ExitStack, url: str) -> Callable[[], int]:
    import requests

    from benchmarks.peers.requests_by_hand import put_notes

    session = stack.enter_context(requests.Session())
    # Its notes are plain dicts under wire names, as its caller would keep them.
    notes: dict[tuple[str, str, str], dict[str, object]] = dict(zip(_NOTES, _wire_entities().values(), strict=True))

    def call() -> int:
        return list(put_notes(session, url, "a-token", notes).values()).count(204)

    return call


def _batches_per_second(call: Callable[[], int], scale: Scale) -> Measure:
    def turn() -> Turn:
        started, busy, done = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() - started < scale.seconds:
            if call() != NOTES_PER_BATCH:
                raise ValueError(f"expected {NOTES_PER_BATCH} notes to be taken")
            done += 1
        return Turn(done / (time.perf_counter() - started), done / (time.process_time() - busy))

    return turn


SDK = Benchmark(
    "sdk",
    "upserting 100 notes through the SDK, default transport, one after another",
    "batches/s",
    (Comparison("hirewire.Client", "requests + json", Goal(2.5, 1.5)),),
    _open,
    needs=("requests",),
)
