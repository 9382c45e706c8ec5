"""Windows of time, open below and closed above: ``after < t <= before``, as the finder of prospect notes takes them.

Arithmetic only: how they are tiled and cut. Windows that touch, (a, b] and (b, c], neither lose a moment nor share one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Window(NamedTuple):
    """The moments ``after < t <= before``, in epoch milliseconds."""

    after: int
    before: int

    @property
    def length_ms(self) -> int:
        """How many moments it holds."""
        return max(0, self.before - self.after)


def tiles(window: Window, longest_ms: int) -> Iterator[Window]:
    """Windows that touch, none longer than ``longest_ms``, which together are ``window``, the earliest first.

    >>> list(tiles(Window(0, 10), 4))
    [Window(after=0, before=4), Window(after=4, before=8), Window(after=8, before=10)]
    """
    after = window.after
    while after < window.before:
        before = min(after + longest_ms, window.before)
        yield Window(after, before)
        after = before


def cut(window: Window, moments: Sequence[int]) -> tuple[Window, Window]:
    """Two windows that touch, of one that holds more than fits on a page; ``moments`` are those of its first page.

    A page in order holds everything before its last moment, so the first window ends just there and will fit. A page
    in another order says nothing: then the window is halved. The window must hold at least two moments.

    >>> cut(Window(0, 100), [3, 4, 9])
    (Window(after=0, before=8), Window(after=8, before=100))
    >>> cut(Window(0, 100), [9, 4])
    (Window(after=0, before=50), Window(after=50, before=100))
    """
    is_ordered = bool(moments) and all(first <= second for first, second in pairwise(moments))
    middle = moments[-1] - 1 if is_ordered else window.after + window.length_ms // 2
    moment = min(max(middle, window.after + 1), window.before - 1)
    return Window(window.after, moment), Window(moment, window.before)


def halves(items: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
    """A sequence of at least two in two, neither of them empty."""
    middle = len(items) // 2
    return items[:middle], items[middle:]
