"""What a page of prospect notes costs at the start, in the middle and at the end of a window.

python -m benchmarks.prospect_notes [--rows N] [--database URL]

Runs by itself, not with the others: ten million rows take minutes to make and gigabytes to hold.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks.processes import folder
from hirewire.db import Database, Statement, Transaction, open_database
from hirewire.platform.behaviours.prospects import TOTAL_MAX
from hirewire.platform.prospect_notes import Harvest, NoteWindow, Place
from hirewire.platform.prospecting import HARVEST_MAX
from hirewire.platform.stores import Stores

_CONTRACT = 1234567
_OWNERS = range(1, 101)
_SINCE, _SPAN_MS = 1_700_000_000_000, 365 * 86_400_000
_COUNT, _TIMES = 100, 41
_WHERE = (("start", 0.0), ("quarter", 0.25), ("middle", 0.5), ("end", 1.0))


def fill(database: Database, stores: Stores, rows: int) -> float:
    """Make up the notes; the seconds that took."""
    started = time.monotonic()
    persons = [f"p{number}" for number in range(1_000)]
    for first in range(0, rows, HARVEST_MAX):
        last = min(first + HARVEST_MAX, rows) - 1
        wanted = Harvest(_CONTRACT, _OWNERS, persons, 7, _SINCE, _SINCE + _SPAN_MS, rows, first, last)
        database.write_now(partial(stores.prospect_notes.harvest, wanted=wanted))
    database.write_now(lambda tx: tx.execute(Statement("analyze", "ANALYZE platform_prospect_note")))
    return time.monotonic() - started


def median_us(database: Database, unit: Callable[[Transaction], object]) -> float:
    """The median of several reads, in microseconds."""

    def timed(tx: Transaction) -> list[float]:
        figures = []
        for _ in range(_TIMES):
            started = time.perf_counter()
            unit(tx)
            figures.append(time.perf_counter() - started)
        return figures

    return statistics.median(database.read_now(timed)) * 1_000_000


def lines(database: Database, stores: Stores, rows: int) -> Iterator[str]:
    """The table, line by line."""
    notes = stores.prospect_notes
    yield f"{'page at':<10}{'row':>14}{'by place us':>14}{'of 3 owners us':>16}{'total us':>12}{'by index us':>14}"
    for name, share in _WHERE:
        row = int((rows - _COUNT - 1) * share)
        window = NoteWindow(_CONTRACT, _SINCE - 1, _SINCE + _SPAN_MS)
        few = NoteWindow(_CONTRACT, window.after, window.before, (3, 50, 97))
        place: Place | None = window.beginning
        if row:
            place = database.read_now(partial(notes.place_at, window=window, position=row - 1))
        assert place is not None
        figures = [
            median_us(database, partial(notes.page, window=window, behind=place, count=_COUNT)),
            median_us(database, partial(notes.page, window=few, behind=place, count=_COUNT)),
            median_us(database, partial(notes.count, window=window, most=TOTAL_MAX + 1)),
        ]
        started = time.perf_counter()
        database.read_now(partial(notes.place_at, window=window, position=row))
        by_index = (time.perf_counter() - started) * 1_000_000
        yield f"{name:<10}{row:>14,}{figures[0]:>14,.0f}{figures[1]:>16,.0f}{figures[2]:>12,.0f}{by_index:>14,.0f}"


@contextlib.contextmanager
def opened(url: str | None) -> Iterator[Database]:
    """The database named, or a file that is gone afterwards."""
    with folder() as place:
        database = open_database(url or f"sqlite:///{place}/notes.db")
        try:
            yield database
        finally:
            database.close()


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="how many notes (default 1,000,000)")
    parser.add_argument("--database", help="an empty database (default: a temporary SQLite file)")
    arguments = parser.parse_args()
    with opened(arguments.database) as database:
        stores = Stores.of(database, journal_rows=3)
        seconds = fill(database, stores, arguments.rows)
        sys.stdout.write(f"{arguments.rows:,} notes made in {seconds:.1f} s on {database.dialect}\n")
        for line in lines(database, stores, arguments.rows):
            sys.stdout.write(line + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
