"""Reports and charts: the numbers are those of the delays, and every report can be drawn."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from hirewire.simulation.chart import chart
from hirewire.simulation.connector import Terrain
from hirewire.simulation.counter import PlatformCounter
from hirewire.simulation.even import even_pacing
from hirewire.simulation.report import Delays, simulate
from hirewire.simulation.traffic import Traffic
from hirewire.simulation.workloads import Day
from hirewire.values.time import DAY_MS, MINUTE_MS, Millis

MIDNIGHT = Millis(20_454 * DAY_MS)
DAY = Day(MIDNIGHT, MINUTE_MS)


def test_percentiles_are_of_the_delays():
    delays = Delays.of([*range(100, 0, -1)])
    assert (delays.records, delays.mean_s, delays.p50_s, delays.p99_s, delays.max_s) == (100, 0.0505, 0.051, 0.1, 0.1)
    assert Delays.of([]).records == 0


def test_the_greedy_customer_is_compared_with_its_absence():
    traffic = Traffic.of([(DAY.begins + 500 * number, "whale" if number % 2 else "minnow") for number in range(100)])
    report = simulate("pond", traffic, None, DAY, Terrain(), greedy="whale")
    assert report.fairness is not None
    assert report.fairness.beside.records == report.fairness.alone.records == 50
    assert set(report.customers) == {"whale", "minnow"}


def test_a_day_on_which_nothing_must_wait_has_no_regret():
    report = simulate("<one>", Traffic.of([(DAY.begins, "a")]), None, DAY, Terrain())
    assert (report.regret, report.regret_both, report.live.mean_s) == (None, None, 0.0)
    picture = chart([report])
    assert "&lt;one&gt;" in picture
    ElementTree.fromstring(picture)


def test_a_day_with_regret_is_drawn_with_it():
    traffic = Traffic.of([(DAY.begins + 5 * number, "a") for number in range(2_000)])
    report = simulate("busy", traffic, None, DAY, Terrain())
    assert report.regret is not None and report.regret > 1
    assert f"regret {report.regret:.2f}" in chart([report])


def test_even_pacing_takes_what_waits_at_each_turn():
    delays = even_pacing([0, 1, 2, 700], Millis(0), requests_per_day=864_000, records_per_batch=2, records_per_minute=3)
    assert list(delays) == [100, 99, 198, 60_100 - 700]


def test_the_counter_sees_each_breach():
    counter = PlatformCounter(requests_per_day=3, records_per_minute=10, records_per_batch=6)
    counter.arrive(59_000, 6)
    assert counter.violations == 0
    counter.arrive(60_500, 6)  # another minute, but within sixty seconds
    counter.arrive(200_000, 7)  # too large
    counter.arrive(300_000, 1)  # the day's fourth
    counter.arrive(400_000, 0)  # empty, and the fifth
    assert counter.violations == 4
    assert counter.is_dry(500_000, 30_000)
    assert not counter.is_dry(DAY_MS + 500_000, 2_880_000 * 10), "the next day has its own"
