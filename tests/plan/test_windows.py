"""Windows of time: tiles that meet exactly, and cuts that always make progress."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.plan.windows import Window, cut, halves, tiles

moments = st.integers(-(2**40), 2**40)


@given(moments, st.integers(0, 5_000), st.integers(1, 600))
def test_tiles_hold_every_moment_once_and_are_short(after: int, length: int, longest: int):
    window = Window(after, after + length)
    found = list(tiles(window, longest))
    assert [tile.after for tile in found] == [after, *(tile.before for tile in found)][: len(found)]
    assert sum(tile.length_ms for tile in found) == length == window.length_ms
    assert all(0 < tile.length_ms <= longest for tile in found)
    assert not found or found[-1].before == window.before


def test_a_window_that_ends_before_it_begins_holds_nothing():
    assert list(tiles(Window(5, 3), 10)) == [] and Window(5, 3).length_ms == 0


@given(moments, st.integers(2, 5_000), st.lists(moments, max_size=9))
def test_a_cut_leaves_two_windows_that_are_smaller(after: int, length: int, seen: list[int]):
    window = Window(after, after + length)
    first, second = cut(window, seen)
    assert (first.after, first.before, second.before) == (window.after, second.after, window.before)
    assert first.length_ms > 0 and second.length_ms > 0


@pytest.mark.parametrize(
    ("seen", "moment"),
    [([1, 5, 9], 8), ([1, 1], 1), ([99, 100], 99), ([500], 99), ([-5], 1), ([9, 1], 50), ([], 50)],
)
def test_where_it_is_cut(seen: list[int], moment: int):
    assert cut(Window(0, 100), seen)[0].before == moment


def test_halves():
    assert halves("abc") == ("a", "bc")
