"""Push events of a platform in a process of its own: it works by itself, and what it had accepted outlives it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from hirewire.catalog.events import ProspectNoteDeleted
from hirewire.db import open_database
from hirewire.platform.stores import Stores
from tests.platform.receiver import Receiver
from tests.platform.sandbox import NOON, ORGANIZATION
from tests.platform.served import Served

CONFIGURATIONS = (
    f"/v2/atsIntegrations/integrationContext={ORGANIZATION}&integrationType=ONE_CLICK_EXPORT&tenantType=RECRUITER"
    "&dataProvider=ATS/configurations"
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def serve_pushing(serve: Callable[..., Served], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Served]:
    monkeypatch.setenv("HIREWIRE_PLATFORM__CALLBACK_HOSTS_ALLOWED", '["127.0.0.1"]')
    return serve


def register(served: Served, url: str) -> None:
    headers = {"Authorization": f"Bearer {served.token()}"}
    body = json.dumps({"entities": {"CALLBACK_URL": {"configurationValue": {"string": url}}}})
    status, answer = served.ask("PUT", f"{CONFIGURATIONS}?ids=CALLBACK_URL", body, headers)
    assert (status, answer["errors"]) == (200, {})


def export(served: Served) -> str:
    done = served.control("POST", "/control/recruiter/exports", '{"organization": "12345"}')
    request_id: str = done["request_id"]
    return request_id


def test_a_served_platform_delivers_by_itself(serve_pushing: Callable[..., Served], receiver: Receiver):
    served = serve_pushing()
    served.provision()
    register(served, receiver.url)
    request_id = export(served)
    (pushed,) = receiver.wait_for(1)
    assert pushed.event == {"type": "EXPORT_CANDIDATE_PROFILE", "id": request_id}
    assert pushed.is_signed_by("secret")


def test_what_another_process_wrote_is_delivered_too(serve_pushing: Callable[..., Served], receiver: Receiver):
    served = serve_pushing()
    served.provision()
    register(served, receiver.url)
    database = open_database(served.database_url)
    stores = Stores.of(database, journal_rows=100)
    event = ProspectNoteDeleted(7, "urn:li:contract:1")
    database.write_now(lambda tx: stores.own_contract(tx, "urn:li:contract:1", ORGANIZATION))
    database.write_now(lambda tx: stores.events.emit(tx, "urn:li:contract:1", event, NOON))
    database.close()
    (pushed,) = receiver.wait_for(1)
    assert pushed.event["prospectNoteId"] == "7" and pushed.is_signed_by("secret")


def test_killed_between_commit_and_delivery_it_delivers_when_it_is_back(
    serve_pushing: Callable[..., Served], receiver: Receiver
):
    served = serve_pushing("--manual-clock", "2026-03-15T12:00:00Z")
    served.provision()
    register(served, receiver.url)
    receiver.status = 503
    request_id = export(served)
    assert receiver.wait_for(1)[0].event["id"] == request_id
    served.kill()
    receiver.pushed.clear()
    receiver.status = 200
    again = serve_pushing("--manual-clock", "2026-03-15T12:01:00Z")
    (pushed,) = receiver.wait_for(1)
    assert pushed.event == {"type": "EXPORT_CANDIDATE_PROFILE", "id": request_id} and pushed.is_signed_by("secret")
    assert again.stop() == 0


def test_killed_before_anything_was_tried_it_delivers_when_it_is_back(
    serve_pushing: Callable[..., Served], receiver: Receiver
):
    """The receiver's port is closed first, so that the event cannot have left before the kill."""
    served = serve_pushing("--manual-clock", "2026-03-15T12:00:00Z")
    served.provision()
    port = receiver.port
    served.control("POST", "/control/clock/advance", '{"seconds": 1}')
    request_id = export(served)  # nobody is registered yet: it is committed, and waits
    served.kill()
    back = serve_pushing("--manual-clock", "2026-03-15T12:00:05Z")
    register(back, f"http://127.0.0.1:{port}/hook")
    (pushed,) = receiver.wait_for(1)
    assert pushed.event["id"] == request_id


def test_a_receiver_that_was_down_for_a_simulated_day(serve_pushing: Callable[..., Served], receiver: Receiver):
    served = serve_pushing("--manual-clock", "2026-03-15T12:00:00Z")
    served.provision()
    register(served, receiver.url)
    receiver.status = 500
    request_id = export(served)
    for count in range(1, 5):
        receiver.wait_for(count)
        settled(served, count)
        served.control("POST", "/control/clock/advance", '{"seconds": 7920}')
    receiver.wait_for(5)
    settled(served, 5)
    receiver.status = 200
    served.control("POST", "/control/clock/advance", '{"seconds": 86400}')
    receiver.wait_for(6)
    assert {each.event["id"] for each in receiver.pushed} == {request_id}


def settled(served: Served, attempts: int) -> None:
    """Until the platform has written down so many attempts."""
    while True:
        (event,) = served.control("GET", "/control/events")["events"]
        if event["attempts"] >= attempts:
            return
