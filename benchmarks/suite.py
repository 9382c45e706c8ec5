"""Every benchmark, in the order in which they are run."""

from __future__ import annotations

from benchmarks import codec, connector_memory, first_note, http_service, outbox, sdk
from benchmarks.benchmark import Benchmark

SUITE: tuple[Benchmark, ...] = (
    http_service.SQLITE,
    http_service.POSTGRES,
    http_service.SYNCHRONOUS,
    http_service.TUNNELLED,
    http_service.ONE_BAD,
    codec.CODEC,
    sdk.SDK,
    outbox.OUTBOX_SQLITE,
    outbox.OUTBOX_POSTGRES,
    outbox.GROWTH,
    connector_memory.MEMORY,
    first_note.FIRST_NOTE,
)
