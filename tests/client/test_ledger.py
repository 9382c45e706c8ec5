"""The client's own count: days and minutes of UTC, what is charged, and which throttle a 429 means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hirewire.catalog.application_notes import APPLICATION_NOTES as NOTES
from hirewire.catalog.provisioned_applications import PROVISIONED_APPLICATIONS as CHILDREN
from hirewire.client.ledger import Ledger
from hirewire.plan.retry import Throttle
from hirewire.values.time import DAY_MS, MINUTE_MS, Millis

NOON = Millis(1_767_787_200_000)  # 2026-01-07T12:00:00Z
NEXT_MINUTE, MIDNIGHT = Millis(NOON + MINUTE_MS), Millis(NOON + DAY_MS // 2)


def filled(records: int, requests: int = 1, status: int | None = 200) -> Ledger:
    ledger = Ledger()
    for _ in range(requests):
        ledger.charge(NOTES, records, status, NOON)
    return ledger


def test_a_minute_is_full_when_the_request_would_not_fit():
    ledger = filled(100, requests=99)
    assert ledger.throttle(NOTES, 100, NOON) is None
    assert ledger.throttle(NOTES, 101, NOON) == Throttle(NEXT_MINUTE, is_day=False)
    assert ledger.throttle(NOTES, 101, NEXT_MINUTE) is None


def test_a_day_is_spent_when_its_requests_are():
    narrow = replace(NOTES, limits=replace(NOTES.limits, requests_per_day=3))
    ledger = filled(0, requests=3)
    assert ledger.throttle(narrow, 1, Millis(NOON + MINUTE_MS)) == Throttle(MIDNIGHT, is_day=True)
    assert ledger.throttle(narrow, 1, MIDNIGHT) is None
    assert ledger.throttle(CHILDREN, 1, NOON) is None


@pytest.mark.parametrize(
    ("status", "is_charged"),
    [(200, True), (400, True), (503, True), (None, True), (401, False), (404, False), (429, False)],
)
def test_what_the_platform_charges_is_counted(status: int | None, is_charged: bool):
    throttle = filled(10_000, status=status).throttle(NOTES, 1, NOON)
    assert (throttle is not None) is is_charged


def test_a_resource_without_a_minute_limit_has_none():
    ledger = Ledger()
    ledger.charge(CHILDREN, 10**9, 200, NOON)
    assert ledger.throttle(CHILDREN, 1, NOON) is None
