"""The control API: behind its own key, what people may see and change."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from hirewire.catalog.application_notes import Actor, ApplicationNote, ApplicationNoteKey
from hirewire.catalog.digest import ContentDigest
from hirewire.db import open_database
from hirewire.platform.settings import PlatformSettings
from hirewire.runtime.clock import RealClock
from tests.platform.sandbox import NOON, ORGANIZATION, Sandbox

ENDPOINTS = [
    ("GET", "/control/notes?organization=12345"),
    ("GET", "/control/journal"),
    ("GET", "/control/clock"),
    ("POST", "/control/clock/advance"),
    ("GET", "/control/applications"),
    ("GET", "/control/applications/x"),
    ("PATCH", "/control/applications/x"),
    ("GET", "/control/health"),
    ("GET", "/control/"),
]


@pytest.mark.parametrize(("verb", "target"), ENDPOINTS)
def test_nothing_is_answered_without_the_key(sandbox: Sandbox, make_sandbox, verb: str, target: str):
    caller = sandbox.caller()
    for key in ("", "wrong", caller.token):
        answer = sandbox.control(verb, target, key=key)
        assert (answer.status, answer.code) == (401, "CONTROL_KEY_INVALID")
    assert sandbox.send(verb, target).status == 401
    without = make_sandbox(control_key=None)
    assert without.control(verb, target, key="").status == 404
    assert without.control(verb, target, key="None").status == 404


def test_notes_are_listed_with_totals_and_digest(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    caller.put(*({"id": f"{number:02}", "note": "t"} for number in range(7)), {"id": "x", "app": "other"})
    listed = each_sandbox.control("GET", "/control/notes?organization=12345&limit=3&start=2").json
    assert [note["note_id"] for note in listed["notes"]] == ["02", "03", "04"]
    assert (listed["organization"], listed["total"]) == (ORGANIZATION, 8)
    digest = ContentDigest()
    for app, id, text in [*(("app", f"{number:02}", "t") for number in range(7)), ("other", "x", "interview")]:
        author = Actor(first_name="Angela", last_name="Smith")
        moment = NOON - 1_000
        note = ApplicationNote(note=text, author=author, created_at=moment, last_modified_at=moment)
        digest.add(ApplicationNoteKey(ORGANIZATION, app, id), note)
    assert listed["digest"] == digest.hexdigest() == each_sandbox.digest()
    one = each_sandbox.control("GET", f"/control/notes?organization={ORGANIZATION}&application=other").json
    assert (one["total"], one["notes"][0]["note"]) == (1, "interview")


@pytest.mark.parametrize(
    "target",
    ["", "?organization=x", "?organization=1&limit=-1", "?organization=1&limit=1001", "?organization=1&start=x"],
)
def test_a_wrong_question_about_notes_is_400(sandbox: Sandbox, target: str):
    assert sandbox.control("GET", f"/control/notes{target}").status == 400


def test_the_clock_is_moved_from_loopback_only(sandbox: Sandbox):
    assert sandbox.control("GET", "/control/clock").json == {
        "now": NOON,
        "iso": "2026-03-15T12:00:00.000Z",
        "manual": True,
    }
    moved = sandbox.control("POST", "/control/clock/advance", {"seconds": 1.5}).json
    assert moved["now"] == NOON + 1_500 == sandbox.clock.now()
    for client in ("10.0.0.1", "", "::2", "127.0.0.1.evil"):
        refused = sandbox.control("POST", "/control/clock/advance", {"seconds": 1}, client=client)
        assert (refused.status, refused.code) == (403, "LOOPBACK_ONLY")
    for body in ({"seconds": -1}, {"seconds": "1"}, {}, {"second": 1}, "x", b"\xff", {"seconds": 1e99}, "[" * 5000):
        assert sandbox.control("POST", "/control/clock/advance", body).status == 400
    assert sandbox.control("POST", "/control/clock/advance", {"seconds": 1}, client="::1").status == 200


def test_the_real_clock_cannot_be_moved(sqlite_url: str):
    database = open_database(sqlite_url)
    sandbox = Sandbox(database)
    sandbox.platform._control._clock = RealClock()
    answer = sandbox.control("POST", "/control/clock/advance", {"seconds": 1})
    assert (answer.status, answer.code) == (409, "CLOCK_IS_REAL")
    sandbox.close()
    database.close()


def test_an_applications_rules_are_changed_while_it_runs(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    target = f"/control/applications/{caller.client_id}"
    assert caller.put({"id": "1"}).status == 200
    shown = each_sandbox.control("GET", target).json
    assert shown["contexts"] == [ORGANIZATION]
    assert shown["usage"] == {"application_notes": {"requests_today": 1, "records_this_minute": 1}}
    rules = {
        "write_mode": "strict",
        "refuse_unknown_fields": True,
        "limits": {"application_notes": {"requests_per_day": 2}},
    }
    assert each_sandbox.control("PATCH", target, {"rules": rules}).json["rules"] == rules
    assert list(caller.put({"id": "1", "surprise": 1}).json["results"]) == []
    assert caller.put({"id": "1"}).status == 429
    assert each_sandbox.control("PATCH", target, {"rules": {}, "state": "blocked"}).json["state"] == "blocked"
    assert caller.put({"id": "1"}).status == 403
    assert len(each_sandbox.control("GET", "/control/applications").json["applications"]) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"rules": {"write_mode": "sometimes"}},
        {"rules": {"limits": {"aplication_notes": {}}}},
        {"rules": {"limits": {"application_notes": {"requests_per_day": -1}}}},
        {"rules": {"limits": {"application_notes": {"requests_per_day": 2**63}}}},
        {"rules": {"limits": {"application_notes": {"requests": 1}}}},
        {"state": "gone"},
        {"rule": {}},
        [],
    ],
)
def test_a_wrong_change_is_400_and_changes_nothing(sandbox: Sandbox, change):
    caller = sandbox.caller()
    target = f"/control/applications/{caller.client_id}"
    before = sandbox.control("GET", target).json
    answer = sandbox.control("PATCH", target, change)
    assert (answer.status, answer.code) == (400, "PARAM_INVALID")
    assert sandbox.control("GET", target).json == before


@pytest.mark.parametrize("client_id", ["nobody", "%00", "%ff", "a%2Fb", "%F0%9F%98%80", "x" * 200])
def test_an_unknown_application_is_404(each_sandbox: Sandbox, client_id: str):
    assert each_sandbox.control("GET", f"/control/applications/{client_id}").status == 404
    assert each_sandbox.control("PATCH", f"/control/applications/{client_id}", {"state": "blocked"}).status == 404


def test_the_journal_is_paged(sandbox: Sandbox):
    caller = sandbox.caller()
    for number in range(5):
        caller.put({"id": str(number)})
    first = sandbox.control("GET", "/control/journal?limit=2").json
    second = sandbox.control("GET", f"/control/journal?limit=2&before={first['next_before']}").json
    ids = [entry["id"] for page in (first, second) for entry in page["entries"]]
    assert ids == sorted(ids, reverse=True) and len(set(ids)) == 4
    assert "interview" in first["entries"][0]["request"]
    assert sandbox.control("GET", "/control/journal?status_min=400").json == {"entries": [], "next_before": None}
    for wrong in ("limit=x", "client_id=%00", "request_id=%20", "before=-1", "before=99999999999999999999"):
        assert sandbox.control("GET", f"/control/journal?{wrong}").status == 400


def test_health_needs_no_key_and_tells_little(each_sandbox: Sandbox):
    assert each_sandbox.send("GET", "/healthz").json == {"status": "ok"}
    assert each_sandbox.send("GET", "/readyz").json == {"status": "ok"}
    assert each_sandbox.send("POST", "/readyz").status == 405
    health = each_sandbox.control("GET", "/control/health").json
    assert health["dialect"] == each_sandbox.database.dialect and health["clock"]["manual"] is True


def test_a_platform_without_its_database_is_alive_and_not_ready(sandbox: Sandbox):
    caller = sandbox.caller()
    sandbox.database.close()
    assert sandbox.send("GET", "/healthz").status == 200
    assert sandbox.send("GET", "/readyz").status == 503
    answer = caller.put({"id": "1"})
    assert (answer.status, answer.code) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["x-linkedin-error-response"] == "true"


@pytest.mark.parametrize(
    ("target", "status"), [("/", 404), ("/favicon.ico", 404), ("/v2", 404), ("/oauth/v2/other", 404)]
)
def test_nothing_else_is_there(sandbox: Sandbox, target: str, status: int):
    answer = sandbox.send("GET", target)
    assert (answer.status, answer.code) == (status, "RESOURCE_NOT_FOUND")


def test_the_control_key_is_no_secret_settings_show():
    settings = PlatformSettings(control_key=SecretStr("0123456789abcdef"))
    assert "0123456789abcdef" not in repr(settings)
    with pytest.raises(ValueError, match="at least 16 characters"):
        PlatformSettings(control_key=SecretStr("short"))
