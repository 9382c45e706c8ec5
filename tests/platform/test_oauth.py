"""The token endpoint and introspection: every documented answer, and forms as clients really send them."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.platform.oauth import OAuthError, read_form
from tests.platform.sandbox import NOON, Answer, Sandbox

TOKEN, INTROSPECT = "/oauth/v2/accessToken", "/oauth/v2/introspectToken"
SECRET = "WPL_AP1./+=& ä%=="


def ask(sandbox: Sandbox, path: str = TOKEN, **form: str) -> Answer:
    return sandbox.send("POST", path, {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(form))


GOOD = {"grant_type": "client_credentials", "client_id": "acme", "client_secret": SECRET}


@pytest.fixture
def acme(sandbox: Sandbox) -> Sandbox:
    sandbox.provision(client_id="acme", client_secret=SECRET)
    return sandbox


def test_a_token_is_given_for_the_right_secret(acme: Sandbox):
    answer = ask(acme, **GOOD)
    assert answer.status == 200
    assert set(answer.json) == {"access_token", "expires_in"}
    assert answer.json["expires_in"] == 1800  # a number (decision G-1)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-li-uuid"]


MISSING = 'A required parameter "{}" is missing'
REFUSALS = [
    ({}, 400, "invalid_request", MISSING.format("grant_type")),
    ({"grant_type": ""}, 400, "invalid_request", MISSING.format("grant_type")),
    ({"grant_type": "client_credentials"}, 400, "invalid_request", MISSING.format("client_id")),
    ({**GOOD, "client_id": ""}, 400, "invalid_request", MISSING.format("client_id")),
    ({**GOOD, "client_secret": ""}, 400, "invalid_request", MISSING.format("client_secret")),
    ({**GOOD, "grant_type": "password"}, 400, "unsupported_grant_type", None),
    ({**GOOD, "client_id": "nobody"}, 400, "invalid_client_id", 'The passed in client_id is invalid "nobody"'),
    ({**GOOD, "client_id": "no\0body ä"}, 400, "invalid_client_id", None),
    ({**GOOD, "client_secret": "wrong"}, 401, "invalid_client_id", "Client authentication failed"),
]


@pytest.mark.parametrize(("form", "status", "error", "description"), REFUSALS)
def test_what_is_refused(acme: Sandbox, form, status, error, description):
    answer = ask(acme, **form)
    assert (answer.status, answer.json["error"]) == (status, error)
    assert set(answer.json) == {"error", "error_description"}
    assert description is None or answer.json["error_description"] == description


def test_a_revoked_application_gets_no_tokens(acme: Sandbox):
    acme.administration.revoke("acme", NOON, only_tokens=False)
    answer = ask(acme, **GOOD)
    assert (answer.status, answer.json["error"]) == (401, "access_denied")
    assert answer.json["error_description"] == "This application is not allowed to create application tokens"


def test_rotation_voids_the_old_secret_and_keeps_the_tokens(acme: Sandbox):
    before = ask(acme, **GOOD).json["access_token"]
    made = acme.administration.rotate("acme", None, NOON, revoke_tokens=False)
    assert ask(acme, **GOOD).status == 401
    assert ask(acme, **{**GOOD, "client_secret": made.client_secret}).status == 200
    assert acme.send("GET", "/rest/applicationNotes", {"Authorization": f"Bearer {before}"}).code == "VERSION_MISSING"


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/json", "multipart/form-data; boundary=x"])
def test_the_body_is_read_as_a_form_whatever_it_is_called(acme: Sandbox, content_type: str):
    assert acme.send("POST", TOKEN, {"Content-Type": content_type}, urlencode(GOOD)).status == 200


def test_credentials_in_the_url_do_not_count(acme: Sandbox):
    answer = acme.send("POST", f"{TOKEN}?{urlencode(GOOD)}")
    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE", "HEAD", "PATCH"])
@pytest.mark.parametrize("path", [TOKEN, INTROSPECT])
def test_only_post_is_answered(acme: Sandbox, verb: str, path: str):
    answer = acme.send(verb, path)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "body",
    [b"\xff", b"grant_type=%zz", b"grant_type=%ff", b"client_id=a&client_id=b", b"&" * 70_000, b"a=1&" * 101, b"{}"],
)
def test_what_is_no_form_is_refused(acme: Sandbox, body: bytes):
    answer = acme.send("POST", TOKEN, {}, body)
    assert answer.status in (400, 413)
    assert answer.json["error"] == "invalid_request"


@given(st.binary(max_size=200))
def test_reading_a_form_is_total(body: bytes):
    try:
        read_form(body)
    except OAuthError as error:
        assert error.status == 400


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=8), max_size=5))
def test_a_form_is_read_as_it_was_written(form: dict[str, str]):
    written = urlencode(form).encode()
    assert read_form(written) == {name: value for name, value in form.items() if value}


# -- introspection


def introspect(sandbox: Sandbox, token: str, **changed: str) -> Answer:
    form = {"client_id": "acme", "client_secret": SECRET, "token": token, **changed}
    return ask(sandbox, INTROSPECT, **form)


def test_a_good_token_is_described(acme: Sandbox):
    token = ask(acme, **GOOD).json["access_token"]
    assert introspect(acme, token).json == {
        "active": True,
        "status": "active",
        "client_id": "acme",
        "created_at": NOON // 1000,
        "authorized_at": NOON // 1000,
        "expires_at": NOON // 1000 + 1800,
        "auth_type": "2L",
    }


def test_expired_and_revoked_tokens_are_told_apart(acme: Sandbox):
    token = ask(acme, **GOOD).json["access_token"]
    acme.clock.advance(1_800)
    expired = introspect(acme, token).json
    acme.administration.revoke("acme", acme.clock.now(), only_tokens=True)
    revoked = introspect(acme, token).json
    assert [(each["active"], each["status"]) for each in (expired, revoked)] == [(False, "expired"), (False, "revoked")]


def test_introspection_refuses_and_keeps_silent(acme: Sandbox):
    token = ask(acme, **GOOD).json["access_token"]
    other = acme.provision(client_id="other")
    assert introspect(acme, token, client_id="other", client_secret=str(other.client_secret)).json == {"active": False}
    assert introspect(acme, token, client_secret="wrong").status == 401
    assert introspect(acme, token, client_id="nobody").status == 400
    assert introspect(acme, "unknown").status == 400
    assert introspect(acme, "").json["error_description"] == MISSING.format("token")


def test_the_journal_knows_of_tokens_but_not_what_they_are(acme: Sandbox):
    ask(acme, **GOOD)
    ask(acme, **{**GOOD, "client_secret": "wrong"})
    refused, given_out = acme.journal(count=2)
    assert (given_out.status, given_out.client_id, given_out.request, given_out.response) == (200, "acme", b"", b"")
    assert (refused.status, refused.code, refused.request, refused.response) == (401, "invalid_client_id", b"", b"")
