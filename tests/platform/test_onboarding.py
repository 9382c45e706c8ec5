"""Onboarding by the control API: integrations and their states, what is missing, and what recruiters see because of it."""

from __future__ import annotations

from typing import Any

import pytest

from hirewire.catalog.integration_types import ALL_PRODUCT_USERS, INTEGRATION_TYPES
from hirewire.platform.onboarding import required_configurations
from tests.platform.sandbox import ORGANIZATION, OTHER_ORGANIZATION, Caller, Sandbox

CONTRACT = "urn:li:contract:77"
EXPORT = {"context": ORGANIZATION, "integration_type": "ONE_CLICK_EXPORT"}
INDICATOR = {"context": ORGANIZATION, "integration_type": "IN_ATS_INDICATOR"}


def control(sandbox: Sandbox, verb: str, target: str, body: Any = b"", status: int = 200) -> Any:
    answer = sandbox.control(verb, target, body)
    assert answer.status == status, answer.body
    return answer.json


def key(integration_type: str, context: str = ORGANIZATION) -> str:
    return f"integrationContext={context}&integrationType={integration_type}&tenantType=RECRUITER"


def configure(caller: Caller, integration_type: str, **values: str) -> None:
    ids = "&".join(f"ids={name}" for name in values)
    entities = {name: {"configurationValue": {"string": value}} for name, value in values.items()}
    target = f"/v2/atsIntegrations/{key(integration_type)}&dataProvider=ATS/configurations?{ids}"
    assert caller.send("PUT", target, {"entities": entities}).json["errors"] == {}


def unconfigure(caller: Caller, integration_type: str, name: str) -> None:
    target = f"/v2/atsIntegrations/{key(integration_type)}&dataProvider=ATS/configurations?ids={name}"
    assert caller.send("DELETE", target).json["errors"] == {}


def status(caller: Caller, integration_type: str, context: str = ORGANIZATION) -> Any:
    """An integration as the partner reads it back, alike in both generations."""
    ids = "&".join(f"ids[0].{part}" for part in key(integration_type, context).split("&"))
    old = caller.send("GET", f"/v2/atsIntegrations?{ids}&ids[0].dataProvider=ATS").json["results"]
    new = caller.send("GET", f"/rest/integrations?{ids}").json["results"]
    assert list(old.values()) == list(new.values())
    return next(iter(new.values()), None)


def test_the_way_from_nothing_to_enabled(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    assert status(caller, "ONE_CLICK_EXPORT") is None
    created = control(each_sandbox, "POST", "/control/integrations", EXPORT)
    assert (created["status"], created["missing"]) == ("PRE_AUTHORIZED", ["CALLBACK_URL", "JOB_POSTING_VIEWERS"])
    refused = control(each_sandbox, "POST", "/control/integrations/enable", EXPORT, 409)
    assert refused["code"] == "CONFIGURATION_MISSING"
    assert "CALLBACK_URL and JOB_POSTING_VIEWERS" in refused["message"]
    configure(caller, "ONE_CLICK_EXPORT", CALLBACK_URL="https://a.example/")
    assert (
        "JOB_POSTING_VIEWERS" in control(each_sandbox, "POST", "/control/integrations/enable", EXPORT, 409)["message"]
    )
    configure(caller, "ONE_CLICK_EXPORT", JOB_POSTING_VIEWERS=ALL_PRODUCT_USERS)
    assert control(each_sandbox, "POST", "/control/integrations/enable", EXPORT)["status"] == "ENABLED"
    assert status(caller, "ONE_CLICK_EXPORT") == {
        "integrationContext": ORGANIZATION,
        "integrationType": "ONE_CLICK_EXPORT",
        "tenantType": "RECRUITER",
        "status": "ENABLED",
    }
    assert control(each_sandbox, "POST", "/control/integrations/disable", EXPORT)["status"] == "DISABLED"
    assert control(each_sandbox, "POST", "/control/integrations/enable", EXPORT)["status"] == "ENABLED"


@pytest.mark.parametrize("integration_type", INTEGRATION_TYPES)
@pytest.mark.parametrize("uses_acls", [False, True])
def test_what_each_type_requires(integration_type: str, uses_acls: bool):
    required = {
        "ONE_CLICK_EXPORT": ("CALLBACK_URL",) if uses_acls else ("CALLBACK_URL", "JOB_POSTING_VIEWERS"),
        "IN_ATS_INDICATOR": () if uses_acls else ("APPLICATION_VIEWERS",),
        "CRM_ONE_CLICK_EXPORT": ("CALLBACK_URL",),
    }
    assert required_configurations(integration_type, uses_acls=uses_acls) == required.get(integration_type, ())


def test_with_acls_no_viewers_key_is_required(sandbox: Sandbox):
    sandbox.caller()
    control(sandbox, "POST", "/control/integrations", INDICATOR)
    control(sandbox, "POST", "/control/integrations/enable", INDICATOR, 409)
    control(sandbox, "PATCH", "/control/customers/12345", {"uses_acls": True})
    assert control(sandbox, "POST", "/control/integrations/enable", INDICATOR)["status"] == "ENABLED"


def test_a_partner_names_integrations_and_nothing_else(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    control(each_sandbox, "POST", "/control/integrations", INDICATOR)
    for prefix, tail, name in (("/v2/atsIntegrations", "&dataProvider=ATS", "Old"), ("/rest/integrations", "", "New")):
        keys = [key(each) + tail for each in ("IN_ATS_INDICATOR", "UNIFIED_SEARCH")]
        ids = "&".join(f"ids[{n}].{part}" for n, each in enumerate(keys) for part in each.split("&"))
        patch = {"patch": {"$set": {"integrationName": name, "status": "ENABLED"}}}
        body = {"entities": dict.fromkeys(keys, patch)}
        answer = caller.send("POST", f"{prefix}?{ids}", body, X_RestLi_Method="batch_partial_update").json
        assert [each["status"] for each in answer["results"].values()] == [204]
        assert [each["status"] for each in answer["errors"].values()] == [404]
        found = status(caller, "IN_ATS_INDICATOR")
        assert (found["integrationName"], found["status"]) == (name, "PRE_AUTHORIZED")


def test_a_configured_integration_nobody_created_is_pending(sandbox: Sandbox):
    caller = sandbox.caller()
    configure(caller, "IN_ATS_INDICATOR", APPLICATION_VIEWERS=ALL_PRODUCT_USERS)
    (listed,) = control(sandbox, "GET", "/control/integrations")["integrations"]
    assert (listed["status"], listed["configured"]) == ("PENDING", ["APPLICATION_VIEWERS"])
    assert status(caller, "IN_ATS_INDICATOR") is None
    control(sandbox, "POST", "/control/integrations/enable", INDICATOR, 404)
    control(sandbox, "POST", "/control/integrations", {**INDICATOR, "name": "Acme"})
    (listed,) = control(sandbox, "GET", f"/control/integrations?context={ORGANIZATION}")["integrations"]
    assert (listed["status"], listed["name"], listed["missing"]) == ("PRE_AUTHORIZED", "Acme", [])


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({**EXPORT, "context": "12345"}, 400),
        ({**EXPORT, "integration_type": "EXPORT"}, 400),
        ({**EXPORT, "tenant_type": "BOTH"}, 400),
        ({**EXPORT, "context": CONTRACT}, 400),
        ({**EXPORT, "name": " "}, 400),
        ({**EXPORT, "name": "x" * 256}, 400),
        ({**EXPORT, "client_id": "nobody"}, 404),
        ({**EXPORT, "colour": "red"}, 400),
        ({**EXPORT, "context": OTHER_ORGANIZATION}, 409),
        ([], 400),
        ("nonsense", 400),
    ],
)
def test_a_wish_that_cannot_be_met_says_why(sandbox: Sandbox, wish: Any, expected: int):
    sandbox.caller()
    answer = control(sandbox, "POST", "/control/integrations", wish if isinstance(wish, dict) else str(wish), expected)
    assert len(answer["message"].split()) > 4


def test_creating_twice_is_said_and_a_name_binds_an_application(sandbox: Sandbox):
    caller = sandbox.caller()
    wish = {"context": CONTRACT, "integration_type": "CSA_API", "client_id": caller.client_id, "organization": "12345"}
    control(sandbox, "POST", "/control/integrations", wish)
    control(sandbox, "POST", "/control/integrations", wish, 409)
    assert status(caller, "CSA_API", CONTRACT)["status"] == "PRE_AUTHORIZED"


def test_a_customers_choices_are_kept_with_their_times(each_sandbox: Sandbox):
    at = each_sandbox.clock.now()
    for choice in (True, True, False):
        control(each_sandbox, "PATCH", "/control/customers/12345", {"applicant_notifications": choice})
    shown = control(each_sandbox, "GET", f"/control/customers/{ORGANIZATION}")
    assert (shown["uses_acls"], shown["applicant_notifications"]) == (False, False)
    changes = [{"at": at, "name": "applicant_notifications", "value": value} for value in (True, False)]
    assert shown["changes"] == changes
    control(each_sandbox, "GET", "/control/customers/nobody", status=400)


# -- what recruiters see


def test_notes_show_only_while_the_customer_lets_everybody_see_them(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    caller.put({"app": "app/1", "id": "1", "note": "seen?"})
    target = "/control/recruiter/applications/app%2F1?organization=12345"
    hidden = control(each_sandbox, "GET", target)
    assert (hidden["visible"], hidden["notes"], hidden["total"]) == (False, [], 0)
    assert "APPLICATION_VIEWERS" in hidden["why"]
    configure(caller, "IN_ATS_INDICATOR", APPLICATION_VIEWERS=ALL_PRODUCT_USERS)
    shown = control(each_sandbox, "GET", target)
    assert (shown["visible"], [note["note"] for note in shown["notes"]]) == (True, ["seen?"])
    unconfigure(caller, "IN_ATS_INDICATOR", "APPLICATION_VIEWERS")
    assert control(each_sandbox, "GET", target)["visible"] is False
    configure(caller, "IN_CRM_INDICATOR", APPLICATION_VIEWERS=ALL_PRODUCT_USERS)
    assert control(each_sandbox, "GET", target)["visible"] is False, "the other indicator is another one"
    control(each_sandbox, "PATCH", "/control/customers/12345", {"uses_acls": True})
    assert control(each_sandbox, "GET", target)["total"] == 1


def test_jobs_show_in_the_export_drop_down_likewise(sandbox: Sandbox):
    caller = sandbox.caller()
    posted = {"organization": ORGANIZATION, "title": "Engineer"}
    control(sandbox, "POST", "/control/jobs", posted)
    target = "/control/recruiter/export-jobs?organization=12345"
    assert control(sandbox, "GET", target)["jobs"] == []
    configure(caller, "ONE_CLICK_EXPORT", JOB_POSTING_VIEWERS=ALL_PRODUCT_USERS)
    assert [job["title"] for job in control(sandbox, "GET", target)["jobs"]] == ["Engineer"]
    unconfigure(caller, "ONE_CLICK_EXPORT", "JOB_POSTING_VIEWERS")
    assert control(sandbox, "GET", target)["jobs"] == []


def test_an_export_needs_a_type_that_exports_and_is_not_disabled(sandbox: Sandbox):
    caller = sandbox.caller()
    target = "/control/recruiter/exports"
    control(sandbox, "POST", target, {"organization": "12345", "integration_type": "UNIFIED_SEARCH"}, 400)
    done = control(sandbox, "POST", target, {"organization": "12345"})
    assert done["callback"] is None
    configure(caller, "ONE_CLICK_EXPORT", CALLBACK_URL="https://a.example/", JOB_POSTING_VIEWERS=ALL_PRODUCT_USERS)
    assert control(sandbox, "POST", target, {"organization": "12345"})["callback"] == "https://a.example/"
    for step in ("", "/disable"):
        control(sandbox, "POST", f"/control/integrations{step}", EXPORT)
    control(sandbox, "POST", target, {"organization": "12345"}, 409)


def test_events_can_be_looked_through(sandbox: Sandbox):
    sandbox.caller()
    for _ in range(5):
        control(sandbox, "POST", "/control/recruiter/exports", {"organization": "12345"})
    first = control(sandbox, "GET", "/control/events?limit=3&organization=12345&state=waiting")
    rest = control(sandbox, "GET", f"/control/events?limit=3&before={first['next_before']}")
    assert [each["id"] for each in first["events"] + rest["events"]] == [5, 4, 3, 2, 1]
    assert rest["next_before"] is None
    assert control(sandbox, "GET", "/control/events/5")["deliveries"] == []
    control(sandbox, "GET", "/control/events/99", status=404)
    control(sandbox, "GET", "/control/events/x", status=400)
    control(sandbox, "GET", "/control/events?state=lost", status=400)
    control(sandbox, "POST", "/control/events/replay", {"organization": "12345", "first": -1}, 400)
