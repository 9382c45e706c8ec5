"""Push events to a real receiver on loopback: signed, at least once, through every kind of trouble, on a moved clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hirewire.catalog.events import ProspectNoteDeleted
from hirewire.db import Database
from hirewire.plan.delivery import GAPS_S
from hirewire.platform.rules import Rules
from hirewire.wire.signature import PREFIXED, sign
from tests.platform.receiver import Receiver
from tests.platform.sandbox import ORGANIZATION, Caller, Sandbox

CONTRACT = "urn:li:contract:1234567"
HOUR_S, DAY_S = 3_600, 86_400
V2 = "/v2/atsIntegrations/integrationContext={0}&integrationType={1}&tenantType=RECRUITER&dataProvider=ATS/configurations"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def make_pushing(make_sandbox: Callable[..., Sandbox]) -> Callable[..., Sandbox]:
    """Sandboxes whose platform calls loopback."""
    return lambda **settings: make_sandbox(callback_hosts_allowed=("127.0.0.0/8",), **settings)


@pytest.fixture
def pushing(make_pushing: Callable[..., Sandbox]) -> Sandbox:
    return make_pushing()


@pytest.fixture
def each_pushing(database: Database) -> Iterator[Sandbox]:
    sandbox = Sandbox(database, callback_hosts_allowed=("127.0.0.0/8",))
    yield sandbox
    sandbox.close()


def register(caller: Caller, url: str, integration_type: str = "ONE_CLICK_EXPORT", organization: str = ORGANIZATION):
    body = {"entities": {"CALLBACK_URL": {"configurationValue": {"string": url}}}}
    target = V2.format(organization, integration_type) + "?ids=CALLBACK_URL"
    answer = caller.send("PUT", target, body)
    assert answer.json["results"] == {"CALLBACK_URL": {"status": 204}}, answer.body


def customer(sandbox: Sandbox, **wish: Any) -> Caller:
    return sandbox.caller(contract=CONTRACT, **wish)


def delete_note(sandbox: Sandbox, number: int = 1, contract: str = CONTRACT) -> None:
    """What the deletion of a prospect note leaves behind."""
    now = sandbox.clock.now()
    event = ProspectNoteDeleted(number, contract)
    sandbox.database.write_now(lambda tx: sandbox.stores.events.emit(tx, contract, event, now))


def control(sandbox: Sandbox, verb: str, target: str, body: Any = b"", status: int = 200) -> Any:
    answer = sandbox.control(verb, target, body)
    assert answer.status == status, answer.body
    return answer.json


def events(sandbox: Sandbox, query: str = "") -> list[Any]:
    found: list[Any] = control(sandbox, "GET", f"/control/events{query}")["events"]
    return found


def callback(sandbox: Sandbox) -> Any:
    (found,) = control(sandbox, "GET", "/control/callbacks")["callbacks"]
    return found


CALLBACK = {"organization": "12345", "integration_type": "ONE_CLICK_EXPORT"}


# -- the ordinary way


def test_a_deleted_note_arrives_signed_over_the_bytes_sent(each_pushing: Sandbox, receiver: Receiver):
    caller = customer(each_pushing)
    register(caller, receiver.url)
    delete_note(each_pushing, 1323073443)
    each_pushing.work()
    (pushed,) = receiver.pushed
    assert (pushed.verb, pushed.target) == ("POST", "/goes/here")
    body = (
        b'{"prospectNoteId":"1323073443","type":"DELETE_PROSPECT_NOTE","integrationContext":"%b"}' % CONTRACT.encode()
    )
    assert pushed.body == body
    assert pushed.headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "content-type": "application/json",
        "x-li-signature": sign(PREFIXED, str(caller.made.client_secret), body),
        "content-length": str(len(body)),
        "connection": "Keep-Alive",
        "accept-encoding": "gzip,deflate",
    }
    (event,) = events(each_pushing)
    assert (event["state"], event["attempts"], event["next_at"]) == ("delivered", 1, None)
    shown = control(each_pushing, "GET", f"/control/events/{event['id']}")
    assert [(each["status"], each["error"], each["url"]) for each in shown["deliveries"]] == [(200, None, receiver.url)]
    each_pushing.work()
    assert len(receiver.pushed) == 1


def test_a_request_that_made_work_wakes_the_workers(pushing: Sandbox, monkeypatch: pytest.MonkeyPatch):
    caller, woken = customer(pushing), []
    pushing.stores.bell.heard()
    monkeypatch.setattr(pushing.platform.workers, "wake", lambda: woken.append(True))
    delete_note(pushing)
    register(caller, "https://customer.example/goes/here")
    assert woken == [True]


def test_status_changes_and_exports_arrive_and_lead_to_what_they_are_about(pushing: Sandbox, receiver: Receiver):
    caller = customer(pushing)
    register(caller, receiver.url)
    wanted = {"context": CONTRACT, "integration_type": "CSA_API"}
    for step in ("", "/enable", "/enable", "/disable"):
        control(pushing, "POST", f"/control/integrations{step}", wanted)
    control(pushing, "POST", "/control/recruiter/exports", {"organization": "12345"})
    pushing.work()
    assert [each["type"] for each in receiver.events()].count("INTEGRATION_STATUS_CHANGE") == 2, (
        "enabled once, disabled once"
    )
    assert all(each.is_signed_by(str(caller.made.client_secret)) for each in receiver.pushed)
    for event in receiver.events():
        found = caller.send("GET", f"/v2/atsIntegrations?q=request&requestId={event['id']}").json["elements"]
        expected = [] if event["type"] == "EXPORT_CANDIDATE_PROFILE" else ["DISABLED"]
        assert [each["status"] for each in found] == expected
    stranger = pushing.caller("urn:li:organization:678")
    request_id = receiver.events()[0]["id"]
    assert stranger.send("GET", f"/v2/atsIntegrations?q=request&requestId={request_id}").json["elements"] == []


def test_every_contract_type_has_its_callback(pushing: Sandbox, receiver: Receiver):
    caller = customer(pushing)
    crm = Receiver()
    register(caller, receiver.url)
    register(caller, crm.url, "CRM_ONE_CLICK_EXPORT")
    control(pushing, "POST", "/control/integrations", {"context": CONTRACT, "integration_type": "CRM_CSA_API"})
    delete_note(pushing, 1)
    pushing.work()
    assert (len(receiver.pushed), len(crm.pushed)) == (0, 1)
    control(pushing, "POST", "/control/integrations", {"context": CONTRACT, "integration_type": "CSA_API"})
    delete_note(pushing, 2)
    pushing.work()
    crm.close()
    assert (len(receiver.pushed), len(crm.pushed)) == (1, 2)


def test_a_contract_goes_to_its_own_customer_only(pushing: Sandbox, receiver: Receiver):
    other = Receiver()
    register(customer(pushing), receiver.url)
    stranger = pushing.caller("urn:li:organization:678", contract="99")
    register(stranger, other.url, organization="urn:li:organization:678")
    delete_note(pushing, 1, "urn:li:contract:99")
    pushing.work()
    other.close()
    assert (receiver.pushed, len(other.pushed)) == ([], 1)


# -- kept until somebody listens


def test_events_wait_for_a_callback(pushing: Sandbox, receiver: Receiver):
    caller = customer(pushing)
    for number in range(3):
        delete_note(pushing, number)
    pushing.clock.advance(30 * DAY_S)
    caller.token = pushing.token(caller.made)
    pushing.work()
    register(caller, receiver.url, "CRM_ONE_CLICK_EXPORT")
    pushing.work()
    assert sorted(each["prospectNoteId"] for each in receiver.events()) == ["0", "1", "2"]


def test_events_of_a_contract_wait_until_somebody_says_whose_it_is(pushing: Sandbox, receiver: Receiver):
    made = pushing.provision(None, contract=CONTRACT, client_id="late", client_secret="secret")
    delete_note(pushing)
    assert events(pushing)[0]["customer"] == CONTRACT
    pushing.provision(ORGANIZATION, contract=CONTRACT, client_id="late", client_secret="secret")
    register(Caller(pushing, made, pushing.token(made)), receiver.url)
    pushing.work()
    assert len(receiver.pushed) == 1


def test_a_receiver_that_was_down_for_a_day_gets_everything(each_pushing: Sandbox, receiver: Receiver):
    register(customer(each_pushing), receiver.url)
    receiver.status = 503
    delete_note(each_pushing)
    for _ in range(24):
        each_pushing.work()
        each_pushing.clock.advance(HOUR_S)
    assert {each.target for each in receiver.pushed} == {"/goes/here"} and 5 <= len(receiver.pushed) <= 8
    receiver.pushed.clear()
    receiver.status = 204
    each_pushing.clock.advance(15 * HOUR_S)
    each_pushing.work()
    assert len(receiver.pushed) == 1
    (event,) = events(each_pushing)
    assert event["state"] == "delivered"


def test_after_the_last_attempt_an_event_is_parked_and_can_be_replayed(pushing: Sandbox, receiver: Receiver):
    register(customer(pushing), receiver.url)
    receiver.status = 500
    delete_note(pushing)
    for gap_s in GAPS_S:
        pushing.clock.advance(gap_s * 1.1)
        pushing.work()
    (event,) = events(pushing, "?state=parked")
    assert (event["attempts"], len(receiver.pushed)) == (10, 10)
    pushing.clock.advance(30 * DAY_S)
    pushing.work()
    assert len(receiver.pushed) == 10
    receiver.status = 200
    wanted = {"organization": "12345", "first": event["id"], "last": event["id"]}
    assert control(pushing, "POST", "/control/events/replay", wanted) == {"replayed": 1}
    pushing.work()
    assert [each["state"] for each in events(pushing)] == ["delivered"]
    deliveries = control(pushing, "GET", f"/control/events/{event['id']}")["deliveries"]
    assert [each["number"] for each in deliveries] == [*range(1, 11), 1]


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 429, 500, 503])
def test_what_is_no_2xx_is_tried_again_and_a_redirect_is_not_followed(
    pushing: Sandbox, receiver: Receiver, status: int
):
    elsewhere = Receiver()
    receiver.status, receiver.location = status, elsewhere.url
    register(customer(pushing), receiver.url)
    delete_note(pushing)
    pushing.work()
    elsewhere.close()
    assert elsewhere.pushed == []
    (event,) = events(pushing)
    assert (event["state"], event["attempts"]) == ("waiting", 1)
    assert 4_500 <= event["next_at"] - pushing.clock.now() <= 5_500


def test_a_refused_connection_is_written_down(pushing: Sandbox, receiver: Receiver):
    register(customer(pushing), receiver.url)
    receiver.close()
    delete_note(pushing)
    pushing.work()
    (event,) = events(pushing)
    (attempt,) = control(pushing, "GET", f"/control/events/{event['id']}")["deliveries"]
    assert attempt["status"] is None and attempt["error"]


# -- disabled, and enabled again


def test_410_disables_and_a_new_registration_enables(each_pushing: Sandbox, receiver: Receiver):
    caller = customer(each_pushing)
    register(caller, receiver.url)
    receiver.status = 410
    delete_note(each_pushing, 1)
    each_pushing.work()
    assert callback(each_pushing)["disabled"] == "gone"
    delete_note(each_pushing, 2)
    each_pushing.clock.advance(200 * DAY_S)
    each_pushing.work()
    assert len(receiver.pushed) == 1
    receiver.status = 200
    caller.token = each_pushing.token(caller.made)
    register(caller, receiver.url)
    each_pushing.work()
    assert sorted(each["prospectNoteId"] for each in receiver.events()) == ["1", "1", "2"]


def test_120_hours_without_a_success_disable_after_warnings(pushing: Sandbox, receiver: Receiver):
    register(customer(pushing), receiver.url)
    receiver.status = 500
    warned: list[tuple[int, int]] = []
    for hour in range(125):
        delete_note(pushing, hour)
        pushing.work()
        if callback(pushing)["warnings"] > len(warned):
            warned.append((hour, callback(pushing)["warnings"]))
        if callback(pushing)["disabled"]:
            break
        pushing.clock.advance(HOUR_S)
    assert (hour, callback(pushing)["disabled"]) == (120, "failing")
    assert warned == [(24, 1), (72, 2), (108, 3)]
    logged = [json.loads(line)["event"] for line in pushing.lines]
    assert logged.count("callback failing") == 3 and logged.count("callback disabled") == 1
    receiver.pushed.clear()
    receiver.status = 200
    control(pushing, "POST", "/control/callbacks/enable", CALLBACK)
    pushing.work()
    told = {each["prospectNoteId"] for each in receiver.events()}
    waited = {str(number) for number in range(121)} - {
        json.loads(each["body"])["prospectNoteId"] for each in events(pushing, "?state=parked&limit=500")
    }
    assert told == waited


def test_an_operator_disables_and_enables(pushing: Sandbox, receiver: Receiver):
    register(customer(pushing), receiver.url)
    assert control(pushing, "POST", "/control/callbacks/disable", CALLBACK)["disabled"] == "operator"
    delete_note(pushing)
    pushing.work()
    assert receiver.pushed == []
    assert control(pushing, "POST", "/control/callbacks/enable", CALLBACK)["disabled"] is None
    pushing.work()
    assert len(receiver.pushed) == 1
    unknown = {**CALLBACK, "integration_type": "CRM_ONE_CLICK_EXPORT"}
    assert control(pushing, "POST", "/control/callbacks/enable", unknown, 404)["code"] == "NOT_FOUND"
    assert control(pushing, "POST", "/control/callbacks/paint", CALLBACK, 404)["code"] == "NOT_FOUND"


def test_another_url_begins_anew(pushing: Sandbox, receiver: Receiver):
    caller = customer(pushing)
    register(caller, receiver.url)
    receiver.status = 500
    delete_note(pushing)
    pushing.work()
    assert callback(pushing)["failing_since"] is not None
    fresh = Receiver()
    register(caller, fresh.url)
    pushing.work()
    fresh.close()
    assert len(fresh.pushed) == 1 and callback(pushing)["failing_since"] is None


def test_the_same_url_again_is_no_reason_to_hurry(pushing: Sandbox, receiver: Receiver):
    caller = customer(pushing)
    register(caller, receiver.url)
    receiver.status = 500
    delete_note(pushing)
    pushing.work()
    register(caller, receiver.url)
    pushing.work()
    assert len(receiver.pushed) == 1 and callback(pushing)["failing_since"] is not None


# -- signing


def test_a_rotated_secret_signs_from_then_on(pushing: Sandbox, receiver: Receiver):
    caller = customer(pushing)
    register(caller, receiver.url)
    made = pushing.administration.rotate(caller.client_id, None, pushing.clock.now(), revoke_tokens=False)
    delete_note(pushing)
    pushing.work()
    assert receiver.pushed[0].is_signed_by(made.client_secret)


def test_an_event_nobody_can_sign_waits_and_says_why(pushing: Sandbox, receiver: Receiver):
    caller = customer(pushing)
    register(caller, receiver.url)
    forget = pushing.stores.statements["drop_sealed_secret"]
    pushing.database.write_now(lambda tx: tx.execute(forget, {"client_id": caller.client_id}))
    delete_note(pushing)
    pushing.work()
    (event,) = events(pushing)
    (attempt,) = control(pushing, "GET", f"/control/events/{event['id']}")["deliveries"]
    assert receiver.pushed == [] and "rotate it" in attempt["error"]
    assert callback(pushing)["failing_since"] is None, "the receiver has done nothing wrong"


# -- challenges


def test_nothing_is_asked_unless_validation_is_on(pushing: Sandbox, receiver: Receiver):
    register(customer(pushing), receiver.url)
    for _ in range(5):
        pushing.work()
        pushing.clock.advance(2 * HOUR_S)
    assert receiver.challenges == [] and callback(pushing)["validation"] == "unvalidated"


def test_a_callback_is_challenged_at_once_and_every_two_hours(each_pushing: Sandbox, receiver: Receiver):
    caller = customer(each_pushing, rules=Rules(callback_validation="required"))  # type: ignore[arg-type]  # read by msgspec elsewhere
    receiver.secret = caller.made.client_secret
    register(caller, receiver.url + "?a=b")
    delete_note(each_pushing)
    each_pushing.work()
    (challenge,) = receiver.challenges
    assert challenge.verb == "GET" and challenge.target.startswith("/goes/here?a=b&challengeCode=")
    assert "&applicationId=" in challenge.target
    assert callback(each_pushing)["validation"] == "validated" and len(receiver.pushed) == 1
    each_pushing.clock.advance(2 * HOUR_S - 1)
    each_pushing.work()
    assert len(receiver.challenges) == 1
    each_pushing.clock.advance(1)
    each_pushing.work()
    assert len({each.target for each in receiver.challenges}) == 2


def required(sandbox: Sandbox, mode: str) -> Caller:
    caller = customer(sandbox)
    control(sandbox, "PATCH", f"/control/applications/{caller.client_id}", {"rules": {"callback_validation": mode}})
    return caller


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"secret": "another"}, "not the HMAC"),
        ({"status": 404}, "expected status 200, got 404"),
        ({"challenge_type": "text/html"}, "content-type"),
    ],
)
def test_three_failures_block_until_somebody_asks_again(
    pushing: Sandbox, receiver: Receiver, fault: dict[str, Any], said: str
):
    caller = required(pushing, "required")
    receiver.secret = None if "status" in fault else caller.made.client_secret
    for name, value in fault.items():
        setattr(receiver, name, value)
    register(caller, receiver.url)
    delete_note(pushing)
    for number, state in enumerate(["failed", "failed", "blocked", "blocked"], start=1):
        pushing.work()
        shown = callback(pushing)
        assert (shown["validation"], len(receiver.challenges)) == (state, min(number, 3))
        assert said in shown["challenge_error"]
        pushing.clock.advance(2 * HOUR_S)
    assert receiver.pushed == []
    receiver.status, receiver.secret = 200, caller.made.client_secret
    receiver.challenge_type = "application/json"
    control(pushing, "POST", "/control/callbacks/validate", CALLBACK)
    pushing.work()
    assert callback(pushing)["validation"] == "validated" and len(receiver.pushed) == 1


def test_with_warn_a_failed_challenge_is_only_shown(pushing: Sandbox, receiver: Receiver):
    caller = required(pushing, "warn")
    register(caller, receiver.url)
    delete_note(pushing)
    for _ in range(4):
        pushing.work()
        pushing.clock.advance(2 * HOUR_S)
    assert callback(pushing)["validation"] == "blocked" and len(receiver.pushed) == 1
    assert any(json.loads(line)["event"] == "challenge failed" for line in pushing.lines)


def test_switching_validation_on_challenges_at_once(pushing: Sandbox, receiver: Receiver):
    caller = customer(pushing)
    receiver.secret = caller.made.client_secret
    register(caller, receiver.url)
    pushing.work()
    assert receiver.challenges == []
    control(pushing, "PATCH", f"/control/applications/{caller.client_id}", {"rules": {"callback_validation": "warn"}})
    pushing.work()
    assert len(receiver.challenges) == 1


def test_revoked_applications_are_told_nothing(pushing: Sandbox, receiver: Receiver):
    caller = customer(pushing)
    register(caller, receiver.url)
    control(pushing, "PATCH", f"/control/applications/{caller.client_id}", {"state": "revoked"})
    delete_note(pushing)
    pushing.work()
    assert receiver.pushed == []


def test_many_events_for_many_customers_all_arrive(pushing: Sandbox, receiver: Receiver):
    receivers = [Receiver() for _ in range(3)]
    for number, each in enumerate(receivers):
        organization = f"urn:li:organization:{number}"
        register(pushing.caller(organization, contract=str(number)), each.url, organization=organization)
        for note in range(20):
            delete_note(pushing, note, f"urn:li:contract:{number}")
    receivers[1].status = 500
    pushing.work()
    for each in receivers:
        each.close()
        assert sorted(int(event["prospectNoteId"]) for event in each.events()) == list(range(20))
