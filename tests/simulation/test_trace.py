"""Recorded traces: what is read, and what a bad line is told."""

from __future__ import annotations

import pytest

from hirewire.simulation.traffic import TraceError, Traffic, read_trace


def test_ndjson_in_any_order():
    lines = [
        '{"at": 1767225600500, "customer": "b"}',
        '{"at": "2026-01-01T00:00:00.250Z", "customer": "a", "kind": "live", "entity": "n1"}',
        '{"at": 1767225600000, "customer": "b", "kind": "backfill"}',
    ]
    traffic = read_trace(lines, is_csv=False)
    assert list(traffic.moments) == [1767225600250, 1767225600500]
    assert [traffic.customers[owner] for owner in traffic.owners] == ["a", "b"]
    assert traffic.backfill == {"b": 1}
    assert len(traffic) == 2


def test_csv_with_a_column_missing():
    traffic = read_trace(["at,kind\n", "1767225600500,\n", "1767225600600,live\n"], is_csv=True)
    assert list(traffic.moments) == [1767225600500, 1767225600600]
    assert traffic.customers == ("customer",)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["nonsense"], "line 1 of the trace"),
        (['{"at": 1}', "[]"], "line 2 of the trace"),
        (['{"at": 1, "color": "red"}'], "color"),
        (['{"at": "yesterday"}'], "expected at, customer and kind"),
        (['{"at": 1, "kind": "dead"}'], "expected live or backfill"),
        ([], "no live change"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(lines: list[str], says: str):
    with pytest.raises(TraceError, match=says):
        read_trace(lines, is_csv=False)


def test_a_day_without_a_customer():
    traffic = Traffic.of([(1, "a"), (2, "b"), (3, "a")], {"a": 5, "b": 1})
    rest = traffic.without("a")
    assert (list(rest.moments), rest.customers, rest.backfill) == ([2], ("b",), {"b": 1})
