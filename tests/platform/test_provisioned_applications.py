"""``/v2/provisionedApplications``: a parent makes, changes and finds its children, and nobody else's."""

from __future__ import annotations

import pytest

from tests.platform.sandbox import ORGANIZATION, Caller, Sandbox

PATH = "/v2/provisionedApplications"
WISH = {
    "uniqueForeignId": "customer-1",
    "name": "Our ATS - A Customer",
    "description": "of ours",
    "oauth2AuthorizedCallbackUrls": ["https://ats.example/callback"],
    "validJsSdkDomains": ["https://ats.example"],
}


def parent(sandbox: Sandbox, client_id: str = "parent") -> Caller:
    return sandbox.caller(None, is_parent=True, client_id=client_id)


def find(caller: Caller, foreign_id: str = "customer-1"):
    return caller.send("GET", f"{PATH}?q=credentialsByUniqueForeignId&uniqueForeignId={foreign_id}")


def test_a_child_is_created_found_changed_and_works(each_sandbox: Sandbox):
    caller = parent(each_sandbox)
    answer = caller.send("POST", PATH, WISH)
    assert answer.status == 201
    assert set(answer.json) == {"credentials", "key"}
    urn, credentials = answer.json["key"], answer.json["credentials"]
    assert urn.startswith("urn:li:developerApplication:")
    assert answer.headers["x-restli-id"] == answer.headers["x-linkedin-id"] == urn
    assert answer.headers["location"].startswith(PATH + "/")

    (element,) = find(caller).json["elements"]
    assert element == {**WISH, "credentials": {"client_id": credentials["client_id"]}, "key": urn}

    patch = {"patch": {"$set": {"validJsSdkDomains": ["https://new.example"], "description": None}}}
    changed = caller.send("POST", answer.headers["location"], patch, X_RestLi_Method="partial_update")
    assert (changed.status, changed.body) == (204, b"")
    (element,) = find(caller).json["elements"]
    assert element["validJsSdkDomains"] == ["https://new.example"] and "description" not in element

    # It inherits nothing; the operator binds it to its customer.
    made = each_sandbox.provision(client_id=credentials["client_id"])
    assert made.client_secret is None and not made.is_new
    child = Caller(each_sandbox, made, each_sandbox.token(made, credentials["client_secret"]))
    assert child.put({"id": "1"}).json["errors"] == {}


def test_a_child_before_its_customer_reaches_nothing(sandbox: Sandbox):
    caller = parent(sandbox)
    credentials = caller.send("POST", PATH, WISH).json["credentials"]
    made = sandbox.provision("urn:li:organization:9", client_id=credentials["client_id"])
    child = Caller(sandbox, made, sandbox.token(made, credentials["client_secret"]))
    assert [error["status"] for error in child.put({"id": "1"}).json["errors"].values()] == [403]
    assert sandbox.notes(ORGANIZATION) == []


def test_a_foreign_id_is_taken_once_per_parent(each_sandbox: Sandbox):
    caller = parent(each_sandbox)
    assert caller.send("POST", PATH, WISH).status == 201
    answer = caller.send("POST", PATH, WISH)
    assert (answer.status, answer.code) == (409, "CONFLICT")
    assert parent(each_sandbox, "second").send("POST", PATH, WISH).status == 201
    assert len(each_sandbox.administration.each()) == 4


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": None}, "MISSING_FIELD"),
        ({"name": " "}, "INVALID_VALUE_BLANK_FIELD"),
        ({"name": "x" * 51}, "FIELD_LENGTH_TOO_LONG"),
        ({"name": "for linkedIN"}, "INVALID_VALUE_FOR_FIELD"),
        ({"uniqueForeignId": None}, "MISSING_FIELD"),
        ({"uniqueForeignId": 7}, "FIELD_INVALID"),
        ({"validJsSdkDomains": ["https://x/"]}, "INVALID_VALUE_FOR_FIELD"),
    ],
)
def test_a_bad_wish_is_refused(sandbox: Sandbox, change, code):
    caller = parent(sandbox)
    wish = {name: value for name, value in {**WISH, **change}.items() if value is not None}
    answer = caller.send("POST", PATH, wish)
    assert (answer.status, answer.code) == (400, code)
    assert find(caller).json["elements"] == []


def test_only_parents_provision(sandbox: Sandbox):
    caller = sandbox.caller()
    for answer in (caller.send("POST", PATH, WISH), find(caller)):
        assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    assert "provisionedApplications.FINDER-credentialsByUniqueForeignId.NO_VERSION" in find(caller).json["message"]
    assert len(sandbox.administration.each()) == 1


@pytest.mark.parametrize(
    ("patch", "status"),
    [
        ({"patch": {"$set": {"name": None}}}, 400),
        ({"patch": {"$set": {"name": "x" * 51}}}, 400),
        ({"patch": {"$set": {"uniqueForeignId": "other"}}}, 400),
        ({"patch": {"$set": {"uniqueForeignId": "customer-1"}}}, 204),
        ({"patch": {"$set": {}}}, 204),
        ({"patch": {"$delete": ["name"]}}, 400),
        ({"patch": 1}, 400),
        ({}, 400),
    ],
)
def test_what_may_be_patched(sandbox: Sandbox, patch, status):
    caller = parent(sandbox)
    location = caller.send("POST", PATH, WISH).headers["location"]
    assert caller.send("POST", location, patch).status == status
    assert find(caller).json["elements"][0]["name"] == WISH["name"]


def test_another_parents_child_cannot_be_seen_or_changed(sandbox: Sandbox):
    location = parent(sandbox).send("POST", PATH, WISH).headers["location"]
    stranger = parent(sandbox, "stranger")
    assert find(stranger).json["elements"] == []
    answer = stranger.send("POST", location, {"patch": {"$set": {"name": "mine"}}})
    assert (answer.status, answer.code) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("key", "status"),
    [("urn%3Ali%3AdeveloperApplication%3A999", 404), ("x", 400), ("urn:li:seat:1", 400), ("9" * 40, 400)],
)
def test_a_key_that_names_nobody(sandbox: Sandbox, key: str, status: int):
    assert parent(sandbox).send("POST", f"{PATH}/{key}", {"patch": {"$set": {}}}).status == status


def test_any_text_is_a_foreign_id(each_sandbox: Sandbox):
    caller = parent(each_sandbox)
    foreign_id = "ä\U0001f600\u0000\"'% &"
    assert caller.send("POST", PATH, {**WISH, "uniqueForeignId": foreign_id}).status == 201
    (element,) = find(caller, "%C3%A4%F0%9F%98%80%00%22'%25%20%26").json["elements"]
    assert element["uniqueForeignId"] == foreign_id


def test_the_journal_does_not_know_the_secret(sandbox: Sandbox):
    caller = parent(sandbox)
    secret = caller.send("POST", PATH, WISH).json["credentials"]["client_secret"]
    entry = sandbox.journal(count=1)[0]
    assert secret.encode() not in entry.response and b'"client_secret":"***"' in entry.response
