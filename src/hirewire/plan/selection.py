"""Which of the entities that are due go into the next request. How many bytes fit is plan/batch.py's business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from hirewire.plan.entity import Op

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Due:
    """An entity that may be sent now. ``parent`` holds the key parts which all keys of one request must share."""

    id: int
    op: Op
    parent: tuple[str, ...]
    chunk: int | None = None


def shared(waited: Sequence[T], fresh: Sequence[T], window: int) -> list[T]:
    """What waited for a moment of its own and what is fresh, as one list of at most ``window``.

    What waited goes first, but leaves half of the window to the others where there are any.
    """
    half = max(1, window // 2)
    return [*waited[:half], *fresh, *waited[half:]][:window]


def choose(due: Sequence[Due], records_max: int) -> list[Due]:
    """The entities to send with the first of ``due``, in order.

    They share its method and its parent. While a refused batch is narrowed down, its parts stay among themselves, so that
    what is left of it shrinks with every request.
    """
    if not due:
        return []
    first = due[0]
    size = min(records_max, first.chunk or records_max)
    alike = [each for each in due if (each.op, each.parent, each.chunk) == (first.op, first.parent, first.chunk)]
    return alike[:size]


def halved(records: int) -> int | None:
    """The size in which the records of a refused batch are tried next; None when one is alone already.

    A batch of n with one bad record costs about 2 log2(n) requests more until that record is alone.
    """
    return -(-records // 2) if records > 1 else None
