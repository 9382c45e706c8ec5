"""Benchmark of keys: what a platform does to read them, against the standard library only splitting the same text."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import parse_qsl

import msgspec

from benchmarks.benchmark import Benchmark, Measure, Scale
from benchmarks.figures import Comparison, Goal, Turn
from benchmarks.workload import NOTES_PER_BATCH, batch, batch_update
from hirewire.catalog.application_notes import APPLICATION_NOTES
from hirewire.catalog.generations import LATEST, Dialect, Generation
from hirewire.wire.body import match_keys
from hirewire.wire.protocol import Protocol
from hirewire.wire.query import read_batch


@contextlib.contextmanager
def _open(scale: Scale) -> Iterator[Mapping[str, Measure]]:
    first, second = _request(Protocol.V1), _request(Protocol.V2)
    yield {
        "hirewire, 1.0.0": _keys_per_second(lambda: _decode(first, Protocol.V1), scale),
        "hirewire, 2.0.0": _keys_per_second(lambda: _decode(second, Protocol.V2), scale),
        "parse_qsl": _keys_per_second(lambda: _split(first), scale),
    }


def _request(protocol: Protocol) -> tuple[str, list[str]]:
    """The query of 100 complex keys, and the same keys as the body of the request spells them."""
    request = batch_update(batch("00000000"), Dialect(Generation.REST, protocol, LATEST))
    return request.query, list(msgspec.json.decode(request.body)["entities"])


def _decode(texts: tuple[str, list[str]], protocol: Protocol) -> int:
    """Ours: keys of the query as values without duplicates, and each key of the body found among them."""
    shape = APPLICATION_NOTES.views[1].key
    found = read_batch(texts[0], shape.kind, protocol, shape.names)
    assert found is not None
    return len(match_keys(found.keys, texts[1], shape.kind, protocol, shape.names))


def _split(texts: tuple[str, list[str]]) -> int:
    """Theirs: names and values of the 1.0.0 spelling, unescaped, not yet put together to keys, nothing compared."""
    parse_qsl(texts[0])
    for text in texts[1]:
        parse_qsl(text)
    return len(texts[1])


def _keys_per_second(work: Callable[[], int], scale: Scale) -> Measure:
    """By processor time as well: this is one thread, so what else the machine does falls out of it."""

    def turn() -> Turn:
        started, busy, done = time.perf_counter(), time.thread_time(), 0
        while time.perf_counter() - started < scale.seconds:
            done += work()
        return Turn(done / (time.perf_counter() - started), done / (time.thread_time() - busy))

    return turn


CODEC = Benchmark(
    "codec",
    f"reading {NOTES_PER_BATCH} complex keys of a query and matching those of the body",
    "keys/s",
    (
        Comparison("hirewire, 1.0.0", "parse_qsl", Goal(8, 5)),
        Comparison("hirewire, 2.0.0", "parse_qsl", Goal(8, 5)),
    ),
    _open,
)
