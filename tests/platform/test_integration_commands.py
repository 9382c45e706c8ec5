"""``hirewire platform integration``, ``deliveries`` and ``export-candidate``: what is typed and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from hirewire.cli.command_line import run
from tests.platform.sandbox import ORGANIZATION, SEALING_KEY, Sandbox

Command = Callable[..., str]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run one command on the test's database, and expect it to end with ``code``; everything it said."""
    monkeypatch.setenv("HIREWIRE_PLATFORM__DATABASE", sqlite_url)
    monkeypatch.setenv("HIREWIRE_PLATFORM__SEALING_KEY", SEALING_KEY)
    monkeypatch.setenv("COLUMNS", "400")

    def call(*arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        assert run(["platform", *arguments]) == code
        captured = capsys.readouterr()
        return captured.out + captured.err

    return call


def test_onboarding_by_hand(command: Command, sandbox: Sandbox):
    caller = sandbox.caller()
    assert "PRE_AUTHORIZED" in command("integration", "create", "IN_ATS_INDICATOR", "--organization", "12345")
    said = command("integration", "enable", "IN_ATS_INDICATOR", "--organization", "12345", code=2)
    assert "APPLICATION_VIEWERS" in said
    command("integration", "uses-acls", "12345")
    assert "ENABLED" in command("integration", "enable", "IN_ATS_INDICATOR", "--organization", "12345")
    assert "DISABLED" in command("integration", "disable", "IN_ATS_INDICATOR", "--organization", "12345")
    command("integration", "uses-acls", "12345", "--off")
    created = json.loads(
        command("integration", "create", "CSA_API", *("--contract", "7", "--organization", "12345", "--name", "Acme"),
                "--client-id", caller.client_id, "--json")
    )  # fmt: skip
    assert created[0]["name"] == "Acme"
    listed = json.loads(command("integration", "list", "--json"))
    assert {(each["integration_type"], each["status"]) for each in listed} == {
        ("IN_ATS_INDICATOR", "DISABLED"),
        ("CSA_API", "PRE_AUTHORIZED"),
    }
    assert len(json.loads(command("integration", "list", "--contract", "7", "--json"))) == 1


def test_consent_is_ticked_and_taken_back(command: Command, sandbox: Sandbox):
    command("integration", "applicant-notifications", "12345")
    assert sandbox.control("GET", "/control/customers/12345").json["applicant_notifications"] is True
    assert "off" in command("integration", "applicant-notifications", ORGANIZATION, "--off")
    assert sandbox.control("GET", "/control/customers/12345").json["applicant_notifications"] is False


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("integration", "create", "CSA_API", "--organization", "12345"), "contract"),
        (("integration", "create", "NOTHING", "--organization", "12345"), "expected one of"),
        (("integration", "create", "CSA_API"), "--contract"),
        (("integration", "enable", "CSA_API", "--contract", "7"), "create it first"),
        (("integration", "list", "--organization", "x"), "organization"),
        (("export-candidate", "12345", "--type", "CSA_API"), "ONE_CLICK_EXPORT"),
        (("deliveries", "attempts", "99"), "no event 99"),
        (("deliveries", "list", "--state", "lost"), "waiting"),
        (("deliveries", "replay", "12345", "--since", "yesterday"), "2026-03-15T12:00:00Z"),
        (("deliveries", "enable", "12345", "ONE_CLICK_EXPORT"), "no CALLBACK_URL"),
    ],
)
def test_a_mistake_is_said_in_a_sentence(command: Command, sandbox: Sandbox, arguments: tuple[str, ...], said: str):
    sandbox.caller()
    assert said in command(*arguments, code=2)


def test_exports_and_deliveries_by_hand(command: Command, sandbox: Sandbox):
    caller = sandbox.caller()
    assert "Kept until" in command("export-candidate", "12345")
    target = (
        f"/v2/atsIntegrations/integrationContext={ORGANIZATION}&integrationType=ONE_CLICK_EXPORT&tenantType=RECRUITER"
        "&dataProvider=ATS/configurations?ids=CALLBACK_URL"
    )
    body = {"entities": {"CALLBACK_URL": {"configurationValue": {"string": "https://nowhere.invalid/hook"}}}}
    assert caller.send("PUT", target, body).json["errors"] == {}
    exported = json.loads(command("export-candidate", "12345", "--json"))
    assert exported["callback"] == "https://nowhere.invalid/hook"
    listed = json.loads(command("deliveries", "list", "--state", "waiting", "--organization", "12345", "--json"))
    assert [each["id"] for each in listed] == [2, 1] and exported["request_id"] in listed[0]["body"]
    assert "EXPORT_CANDIDATE_PROFILE" in command("deliveries", "list")
    assert "waiting" in command("deliveries", "attempts", "1")
    assert "2 events" in command("deliveries", "replay", "12345", "--since", "2020-01-01T00:00:00Z", "--first", "1")
    assert "0 events" in command("deliveries", "replay", "12345", "--parked")
    assert "https://nowhere.invalid/hook" in command("deliveries", "callbacks")
    for verb, state in (("disable", "disabled (operator)"), ("enable", "enabled"), ("validate", "unvalidated")):
        assert state in command("deliveries", verb, "12345", "ONE_CLICK_EXPORT")


def test_a_secret_nobody_can_sign_with_is_said_at_once(command: Command, tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("HIREWIRE_PLATFORM__SEALING_KEY")
    said = command("provision", "--organization", "1", "--database", f"sqlite:///{tmp_path}/own.db")
    assert "sealing_key" not in said
    key_file = tmp_path / "own.db.sealing-key"
    assert key_file.stat().st_mode & 0o777 == 0o600 and len(key_file.read_bytes()) == 44
