"""Tenancy: a token reaches its application's own organizations and nothing else, and revocation is felt at once."""

from __future__ import annotations

import pytest

from hirewire.db import open_database
from hirewire.platform.applications import State
from tests.platform.sandbox import (
    NOTE,
    ORGANIZATION,
    OTHER_ORGANIZATION,
    Sandbox,
    rest_ids,
    rest_key,
    v2_path,
)


def test_a_foreign_key_in_a_batch_is_refused_alone(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    own, foreign = rest_key("a", "1"), rest_key("a", "1", OTHER_ORGANIZATION)
    target = f"/rest/applicationNotes?{rest_ids([foreign, own])}"
    answer = caller.send("PUT", target, {"entities": {own: NOTE, foreign: NOTE}}).json
    assert answer["results"] == {own: {"status": 204}}
    assert list(answer["errors"]) == [foreign]
    error = answer["errors"][foreign]
    assert (error["status"], error["code"], error["serviceErrorCode"]) == (403, "ACCESS_DENIED", 100)
    assert "applicationNotes.BATCH_UPDATE.20260301" in error["message"]
    assert [len(each_sandbox.notes(each)) for each in (ORGANIZATION, OTHER_ORGANIZATION)] == [1, 0]


def test_a_foreign_key_is_refused_as_such_whatever_came_with_it(sandbox: Sandbox):
    foreign = rest_key("a", "1", OTHER_ORGANIZATION)
    target = f"/rest/applicationNotes?{rest_ids([foreign])}"
    answer = sandbox.caller().send("PUT", target, {"entities": {foreign: {"note": ""}}}).json
    assert (answer["results"], answer["errors"][foreign]["status"]) == ({}, 403)


def test_a_foreign_note_cannot_be_deleted(sandbox: Sandbox):
    owner = sandbox.caller(OTHER_ORGANIZATION)
    owner.put({"id": "1"}, organization=OTHER_ORGANIZATION)
    stranger = sandbox.caller(client_id="stranger")
    answer = stranger.delete("1", organization=OTHER_ORGANIZATION).json
    assert [error["status"] for error in answer["errors"].values()] == [403]
    applications = f"/v2/atsApplications?{rest_ids([v2_path('app', OTHER_ORGANIZATION)])}"
    answer = stranger.send("DELETE", applications).json
    assert [error["status"] for error in answer["errors"].values()] == [403]
    assert (
        stranger.send("DELETE", f"/v2/atsApplications/{v2_path('app', OTHER_ORGANIZATION)}/notes?ids=1").status == 403
    )
    assert len(sandbox.notes(OTHER_ORGANIZATION)) == 1


def test_two_organizations_share_ids_without_meeting(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    each_sandbox.provision(OTHER_ORGANIZATION, client_id=caller.client_id)
    caller.put({"id": "1", "note": "one"})
    caller.put({"id": "1", "note": "other"}, organization=OTHER_ORGANIZATION)
    assert [note["note"] for note in each_sandbox.notes(ORGANIZATION)] == ["one"]
    caller.delete("1")
    assert [note["note"] for note in each_sandbox.notes(OTHER_ORGANIZATION)] == ["other"]


def test_removing_an_application_removes_its_notes_and_no_others(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    for app in ("app", "app1", "ap", 'app","n'):
        escaped = app.replace('"', "%22").replace(",", "%2C")
        caller.send(
            "PUT", f"/v2/atsApplications/{v2_path(escaped)}/notes?ids=1&ids=2", {"entities": {"1": {}, "2": {}}}
        )
    keys = [v2_path(app).replace(":", "%3A") for app in ("app", "none")]
    answer = caller.send("DELETE", f"/v2/atsApplications?{rest_ids(keys)}").json
    assert answer["results"] == {keys[0]: {"status": 204}}
    assert {key: error["status"] for key, error in answer["errors"].items()} == {keys[1]: 404}
    assert {note["application_id"] for note in each_sandbox.notes()} == {"app1", "ap", 'app","n'}
    assert caller.send("DELETE", f"/v2/atsApplications?{rest_ids(keys[:1])}").json["results"] == {}


def test_a_running_platform_sees_what_another_process_did(each_sandbox: Sandbox, database_url: str):
    caller = each_sandbox.caller()
    assert caller.put({"id": "1"}).status == 200
    with_other_eyes = open_database(database_url)
    elsewhere = Sandbox(with_other_eyes)
    try:
        elsewhere.provision(OTHER_ORGANIZATION, client_id=caller.client_id)
        assert caller.put({"id": "1"}, organization=OTHER_ORGANIZATION).json["errors"] == {}
        elsewhere.administration.set_state(caller.client_id, State.BLOCKED)
        assert caller.put({"id": "2"}).status == 403
        elsewhere.administration.set_state(caller.client_id, State.ACTIVE)
        assert caller.put({"id": "2"}).status == 200
        elsewhere.administration.revoke(caller.client_id, elsewhere.clock.now(), only_tokens=True)
        answer = caller.put({"id": "3"})
        assert (answer.status, answer.code) == (401, "REVOKED_ACCESS_TOKEN")
        caller.token = each_sandbox.token(caller.made)
        assert caller.put({"id": "3"}).status == 200
        elsewhere.administration.revoke(caller.client_id, elsewhere.clock.now(), only_tokens=False)
        assert caller.put({"id": "4"}).status == 401
    finally:
        elsewhere.close()
        with_other_eyes.close()
    assert len(each_sandbox.notes()) == 3


def test_a_token_lives_thirty_minutes_by_the_platforms_clock(sandbox: Sandbox):
    caller = sandbox.caller()
    sandbox.clock.advance(1_799)
    assert caller.put({"id": "1"}).status == 200
    sandbox.clock.advance(1)
    answer = caller.put({"id": "1"})
    assert (answer.status, answer.code) == (401, "EXPIRED_ACCESS_TOKEN")
    sandbox.clock.advance(2 * 86_400)
    sandbox.token(caller.made)  # forgets what expired long ago
    fresh = Sandbox(sandbox.database)
    answer = fresh.send("PUT", "/rest/applicationNotes", {"Authorization": f"Bearer {caller.token}"})
    fresh.close()
    assert answer.code == "INVALID_ACCESS_TOKEN"


def test_the_token_cache_is_bounded(make_sandbox):
    sandbox = make_sandbox(token_cache_max=2)
    caller = sandbox.caller()
    for _ in range(5):
        caller.token = sandbox.token(caller.made)
        assert caller.put({"id": "1"}).status == 200
    assert len(sandbox.platform._api._tokens._grants) == 2


@pytest.mark.parametrize("header", ["bearer {}", "BEARER {}", "Bearer  {} "])
def test_the_scheme_is_read_in_any_case(sandbox: Sandbox, header: str):
    caller = sandbox.caller()
    assert caller.put({"id": "1"}, Authorization=header.format(caller.token)).status == 200


def test_no_secret_and_no_token_is_stored(sandbox: Sandbox, tmp_path):
    caller = sandbox.caller(client_secret="a secret somebody chose")
    caller.put({"id": "1"})
    sandbox.send("POST", f"/oauth/v2/accessToken?client_secret=a+secret+somebody+chose&access_token={caller.token}")
    sandbox.database.close()
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("test.db*"))
    assert caller.token.encode() not in stored
    assert b"somebody" not in stored
    assert "somebody" not in "".join(sandbox.lines) and caller.token not in "".join(sandbox.lines)
