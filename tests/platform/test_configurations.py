"""Integration configurations at the HTTP boundary: the printed samples, every rule, both generations and protocols."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any
from urllib.parse import quote

import pytest

from hirewire.catalog import RESOURCES
from hirewire.catalog.integration_types import ALL_PRODUCT_USERS, CONFIGURATION_KEYS, INTEGRATION_TYPES
from hirewire.platform.rules import Rules
from hirewire.values.urn import UrnKind
from tests.platform.exchanges import Exchange, curl_command, exchanges, with_token
from tests.platform.sandbox import ORGANIZATION, OTHER_ORGANIZATION, Answer, Caller, Sandbox
from tests.platform.served import Served

SAMPLES = exchanges("integration_configurations")
BY_NAME = {exchange.name: exchange for exchange in SAMPLES}
URL = "https://customer.callback.com/goes/here"
CONTRACT = "urn:li:contract:77"


def check(caller: Caller, exchange: Exchange) -> None:
    if exchange.given:
        check(caller, BY_NAME[exchange.given])
    request = exchange.request
    answer = caller.sandbox.send(request.verb, request.target, with_token(request.headers, caller.token), request.body)
    assert (answer.status, answer.json) == (exchange.status, exchange.answer)


@pytest.mark.parametrize("exchange", SAMPLES, ids=lambda exchange: exchange.name)
def test_a_documented_exchange_of_configurations(each_sandbox: Sandbox, exchange: Exchange):
    check(each_sandbox.caller(), exchange)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
@pytest.mark.parametrize("exchange", [each for each in SAMPLES if each.curl], ids=lambda exchange: exchange.name)
def test_the_printed_configuration_command_sent_with_curl(served: Served, exchange: Exchange):
    token = served.token()
    for each in [BY_NAME[exchange.given], exchange] if exchange.given else [exchange]:
        done = subprocess.run(curl_command(each, served.url, token), capture_output=True, timeout=30, check=True)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert json.loads(body) == each.answer


def test_the_printed_deletion_of_the_callback_is_a_switch(each_sandbox: Sandbox):
    caller = each_sandbox.caller(rules=Rules(allow_callback_delete=True))
    check(caller, BY_NAME["v2_upsert"])
    target = BY_NAME["v2_delete"].request.target.replace("JOB_POSTING_VIEWERS", "CALLBACK_URL")
    answer = caller.send("DELETE", target)
    assert (answer.status, answer.json) == (200, {"errors": {}, "results": {"CALLBACK_URL": {"status": 204}}})
    assert caller.send("DELETE", target).json["errors"]["CALLBACK_URL"]["status"] == 404
    stranger = each_sandbox.caller(OTHER_ORGANIZATION)
    assert upsert(stranger, (OTHER_ORGANIZATION, "ONE_CLICK_EXPORT", "CALLBACK_URL", URL)) == [204]


# -- every way to say it

Wish = tuple[str, str, str, Any]


def canonical(context: str, integration_type: str, name: str, tenant_type: str = "RECRUITER") -> str:
    parts = {
        "configurationName": name,
        "integrationContext": context,
        "integrationType": integration_type,
        "tenantType": tenant_type,
    }
    return "&".join(f"{key}={quote(value, safe='')}" for key, value in parts.items())


def in_two(context: str, integration_type: str, name: str) -> str:
    escaped = context.replace(":", "%3A")
    return f"(configurationName:{name},integrationContext:{escaped},integrationType:{integration_type},tenantType:RECRUITER)"


def path(context: str, integration_type: str) -> str:
    key = f"integrationContext={context}&integrationType={integration_type}&tenantType=RECRUITER&dataProvider=ATS"
    return f"/v2/atsIntegrations/{key}/configurations"


def path_in_two(context: str, integration_type: str) -> str:
    escaped = context.replace(":", "%3A")
    key = f"(dataProvider:ATS,integrationContext:{escaped},integrationType:{integration_type},tenantType:RECRUITER)"
    return f"/v2/atsIntegrations/{quote(key, safe='')}/configurations"


def body(key: str, value: Any) -> dict[str, Any]:
    return {"entities": {key: {"configurationValue": value}}}


def v2_one(caller: Caller, context: str, kind: str, name: str, value: Any) -> Answer:
    return caller.send("PUT", f"{path(context, kind)}?ids={name}", body(name, value))


def v2_two(caller: Caller, context: str, kind: str, name: str, value: Any) -> Answer:
    target = f"{path_in_two(context, kind)}?ids=List({name})"
    return caller.send("PUT", target, body(name, value), X_RestLi_Protocol_Version="2.0.0")


def rest_one(caller: Caller, context: str, kind: str, name: str, value: Any) -> Answer:
    key = canonical(context, kind, name)
    ids = "&".join(f"ids[0].{part}" for part in key.split("&"))
    return caller.send("PUT", f"/rest/integrationConfigurations?{ids}", body(key, value))


def rest_two(caller: Caller, context: str, kind: str, name: str, value: Any) -> Answer:
    key = in_two(context, kind, name)
    target = f"/rest/integrationConfigurations?ids=List({key})"
    return caller.send("PUT", target, body(key, value), X_RestLi_Protocol_Version="2.0.0")


WAYS = (v2_one, v2_two, rest_one, rest_two)


def outcome(answer: Answer) -> tuple[int, str | None]:
    """The one entity's status and code; v2 says what is wrong with the path's key for the whole request."""
    if answer.status != 200:
        return answer.status, answer.code
    found = answer.json
    assert len(found["results"]) + len(found["errors"]) == 1, found
    entity = next(iter({**found["results"], **found["errors"]}.values()))
    return entity["status"], entity.get("code")


def upsert(caller: Caller, *wishes: Wish) -> list[int]:
    return [outcome(v2_one(caller, context, kind, name, {"string": value}))[0] for context, kind, name, value in wishes]


def context_of(integration_type: str) -> str:
    is_contract = INTEGRATION_TYPES[integration_type].contexts == (UrnKind.CONTRACT,)
    return CONTRACT if is_contract else ORGANIZATION


PAIRS = {(key.integration_type, key.name): key for key in CONFIGURATION_KEYS}
NAMES = sorted({name for _, name in PAIRS})


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_each_type_takes_its_keys_and_no_others(sandbox: Sandbox, way: Any):
    caller = sandbox.caller(contract=CONTRACT)
    for integration_type in INTEGRATION_TYPES:
        for name in NAMES:
            declared = PAIRS.get((integration_type, name))
            value = {"string": declared.value if declared and declared.value else URL}
            expected = (204, None) if declared else (400, "INVALID_VALUE_FOR_FIELD")
            got = outcome(way(caller, context_of(integration_type), integration_type, name, value))
            assert got == expected, (integration_type, name)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("integration_type", INTEGRATION_TYPES)
def test_each_type_has_its_kind_of_context(sandbox: Sandbox, way: Any, integration_type: str):
    caller = sandbox.caller(contract=CONTRACT)
    name = next((name for kind, name in PAIRS if kind == integration_type), "CALLBACK_URL")
    for context, kind in ((ORGANIZATION, UrnKind.ORGANIZATION), (CONTRACT, UrnKind.CONTRACT)):
        status, code = outcome(way(caller, context, integration_type, name, {"string": URL}))
        is_right = kind in INTEGRATION_TYPES[integration_type].contexts
        assert (code == "INVALID_URN_TYPE") is not is_right
        assert status in (204, 400)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize(
    ("kind", "name", "value", "code"),
    [
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": "http://customer.callback.com/"}, "INVALID_VALUE_FOR_FIELD"),
        (
            "ONE_CLICK_EXPORT",
            "CALLBACK_URL",
            {"string": "https://customer.callback.com:8443/"},
            "INVALID_VALUE_FOR_FIELD",
        ),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": "https://customer.callback.com:80/"}, None),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": "https://customer.callback.com:443/a?b=c"}, None),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": "https://127.0.0.1/"}, "INVALID_VALUE_FOR_FIELD"),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": "https://[::ffff:10.0.0.1]/"}, "INVALID_VALUE_FOR_FIELD"),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": "https:///x"}, "INVALID_VALUE_FOR_FIELD"),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": "https://u:p@a.example/"}, "INVALID_VALUE_FOR_FIELD"),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": "ftp://a.example/"}, "INVALID_VALUE_FOR_FIELD"),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": "a.example"}, "INVALID_VALUE_FOR_FIELD"),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": "https://a.example/" + "x" * 2_000}, "INVALID_VALUE_FOR_FIELD"),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": "https://a.example:99999/"}, "INVALID_VALUE_FOR_FIELD"),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": " "}, "INVALID_VALUE_BLANK_FIELD"),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": 5}, "FIELD_INVALID"),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", {"long": 5}, "FIELD_INVALID"),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", "https://a.example/", "FIELD_INVALID"),
        ("ONE_CLICK_EXPORT", "CALLBACK_URL", None, "MISSING_FIELD"),
        ("ONE_CLICK_EXPORT", "JOB_POSTING_VIEWERS", {"string": "EVERYBODY"}, "INVALID_VALUE_FOR_FIELD"),
        ("ONE_CLICK_EXPORT", "JOB_POSTING_VIEWERS", {"string": "all_product_users"}, "INVALID_VALUE_FOR_FIELD"),
        ("IN_ATS_INDICATOR", "APPLICATION_VIEWERS", {"string": ALL_PRODUCT_USERS}, None),
        ("IN_CRM_INDICATOR", "APPLICATION_VIEWERS", {"string": ALL_PRODUCT_USERS}, None),
    ],
)
def test_each_value_obeys_its_rule(sandbox: Sandbox, way: Any, kind: str, name: str, value: Any, code: str | None):
    caller = sandbox.caller()
    assert outcome(way(caller, ORGANIZATION, kind, name, value)) == (400 if code else 204, code)
    assert len(stored(caller, kind, name)) == (0 if code else 1)


def stored(caller: Caller, integration_type: str, name: str, context: str = ORGANIZATION) -> dict[str, Any]:
    found: dict[str, Any] = caller.send("GET", f"{path(context, integration_type)}?ids={name}").json["results"]
    return found


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_one_url_belongs_to_one_customer(each_sandbox: Sandbox, way: Any):
    first, second = each_sandbox.caller(), each_sandbox.caller(OTHER_ORGANIZATION)
    assert outcome(way(first, ORGANIZATION, "ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": URL})) == (204, None)
    for url in (URL, URL.replace("customer", "CUSTOMER"), URL.replace(".com", ".com:443")):
        got = outcome(way(second, OTHER_ORGANIZATION, "CRM_ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": url}))
        assert got == (409, "CONFLICT")
    assert stored(second, "CRM_ONE_CLICK_EXPORT", "CALLBACK_URL", OTHER_ORGANIZATION) == {}
    again = outcome(way(first, ORGANIZATION, "CRM_ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": URL}))
    assert again == (204, None), "the same customer may use it for its own types"
    for kind in ("ONE_CLICK_EXPORT", "CRM_ONE_CLICK_EXPORT"):
        got = outcome(way(second, OTHER_ORGANIZATION, kind, "CALLBACK_URL", {"string": URL}))
        assert got == (409, "CONFLICT"), "one of the two still uses it"
        way(first, ORGANIZATION, kind, "CALLBACK_URL", {"string": URL + "/new"})
    assert outcome(way(second, OTHER_ORGANIZATION, "ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": URL})) == (204, None)


def test_one_refused_key_of_a_batch_leaves_the_others_alone(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    target = f"{path(ORGANIZATION, 'ONE_CLICK_EXPORT')}?ids=CALLBACK_URL&ids=JOB_POSTING_VIEWERS"
    entities = {
        "CALLBACK_URL": {"configurationValue": {"string": "http://customer.callback.com"}},
        "JOB_POSTING_VIEWERS": {"configurationValue": {"string": ALL_PRODUCT_USERS}},
    }
    answer = caller.send("PUT", target, {"entities": entities}).json
    assert (answer["results"], list(answer["errors"])) == ({"JOB_POSTING_VIEWERS": {"status": 204}}, ["CALLBACK_URL"])


def test_what_is_missing_is_said_by_status_on_rest_too(sandbox: Sandbox):
    caller = sandbox.caller()
    key = canonical(ORGANIZATION, "ONE_CLICK_EXPORT", "CALLBACK_URL")
    ids = "&".join(f"ids[0].{part}" for part in key.split("&"))
    answer = caller.send("GET", f"/rest/integrationConfigurations?{ids}").json
    assert (answer["results"], answer["statuses"], answer["errors"][key]["status"]) == ({}, {key: 404}, 404)
    assert caller.send("DELETE", f"/rest/integrationConfigurations?{ids}").status == 405


def test_a_foreign_customer_is_out_of_reach(sandbox: Sandbox):
    caller = sandbox.caller()
    for way, status in ((v2_one, 403), (rest_one, 403)):
        answer = way(caller, OTHER_ORGANIZATION, "ONE_CLICK_EXPORT", "CALLBACK_URL", {"string": URL})
        assert outcome(answer) == (status, "ACCESS_DENIED")


def test_a_strict_tenant_configures_only_what_exists(each_sandbox: Sandbox):
    caller = each_sandbox.caller(rules=Rules(require_integration=True))
    wish = (ORGANIZATION, "ONE_CLICK_EXPORT", "JOB_POSTING_VIEWERS", ALL_PRODUCT_USERS)
    assert upsert(caller, wish) == [404]
    each_sandbox.control(
        "POST", "/control/integrations", {"context": ORGANIZATION, "integration_type": "ONE_CLICK_EXPORT"}
    )
    assert upsert(caller, wish) == [204]


def test_five_thousand_requests_a_day_for_each_of_the_two(make_sandbox: Any):
    sandbox = make_sandbox(limits={"integration_configurations": {"requests_per_day": 2}})
    caller = sandbox.caller()
    target = f"{path(ORGANIZATION, 'ONE_CLICK_EXPORT')}?ids=CALLBACK_URL"
    assert [caller.send("GET", target).status for _ in range(3)] == [200, 200, 429]
    key = f"integrationContext={ORGANIZATION}&integrationType=CSA_API&tenantType=RECRUITER&dataProvider=ATS"
    ids = "&".join(f"ids[0].{part}" for part in key.split("&"))
    assert caller.send("GET", f"/v2/atsIntegrations?{ids}").status == 200
    limits = {each.name: each.limits.requests_per_day for each in RESOURCES if "integration" in each.name}
    assert limits == {"integrations": 5_000, "integration_configurations": 5_000}
