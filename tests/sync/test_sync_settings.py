"""The connector's settings: what they mean for routes, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from hirewire.catalog.generations import Generation
from hirewire.sync.kinds import KINDS
from hirewire.sync.settings import ConnectorSettings

CUSTOMER = {"organization": "77", "client_id": "c", "client_secret": "s"}


def made(**settings: Any) -> ConnectorSettings:
    return ConnectorSettings.model_validate({"customers": [CUSTOMER], **settings})


def test_routes():
    settings = made(
        customers=[CUSTOMER, {**CUSTOMER, "organization": "urn:li:organization:78", "generation": "v2"}],
        limits={"application_notes": {"requests_per_day": 10}},
        quarantine_s=1,
    )
    assert list(settings.applications()) == ["c"]
    (rest,) = settings.routes_of(settings.customers[0])
    (v2,) = settings.routes_of(settings.customers[1])
    assert (rest.tenant, rest.dialect.generation, rest.dialect.version) == (
        "urn:li:organization:77",
        Generation.REST,
        "202603",
    )
    assert (v2.tenant, v2.dialect.generation, v2.dialect.version) == ("urn:li:organization:78", Generation.V2, None)
    assert (rest.limits.requests_per_day, rest.limits.records_per_minute) == (10, 10_000)
    assert rest.patience.quarantine_ms == 1_000
    assert (rest.window, v2.window) == (100, 400)
    assert (rest.past_fields, v2.past_fields) == (("created_at", "last_modified_at"), ())


def test_without_limits_those_of_the_documents_hold():
    limits = made().limits_of(KINDS["application_notes"])
    assert (limits.requests_per_day, limits.records_per_minute, limits.records_per_batch) == (100_000, 10_000, 100)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"lease_s": 20, "timeout_s": 30}, r"lease_s must be at least timeout_s \+ 1 \(31\), got 20"),
        ({"customers": [CUSTOMER, CUSTOMER]}, "urn:li:organization:77 is listed twice"),
        ({"customers": [CUSTOMER, {**CUSTOMER, "organization": "8", "client_secret": "t"}]}, "two different secrets"),
        ({"customers": [{**CUSTOMER, "organization": "seven"}]}, "expected an organization such as 12345"),
        ({"customers": [{**CUSTOMER, "version": "202601"}]}, "expected one of 202504"),
        ({"limits": {"notes": {"requests_per_day": 1}}}, "expected some of application_notes, got notes"),
        ({"limits": {"application_notes": {"requests_per_day": 0}}}, "greater than or equal to 1"),
        ({"dbase": "x"}, "dbase"),
    ],
)
def test_what_is_refused(wrong: dict[str, Any], message: str):
    with pytest.raises(ValidationError, match=message):
        made(**wrong)
