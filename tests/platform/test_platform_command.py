"""``hirewire platform``: what an operator types, and what comes out on which channel."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from hirewire.cli.command_line import run
from tests.platform.sandbox import ORGANIZATION, SEALING_KEY, Caller, Sandbox

Hirewire = Callable[..., tuple[int, str, str]]


@pytest.fixture
def hirewire(capsys: pytest.CaptureFixture[str], database_url: str, monkeypatch: pytest.MonkeyPatch) -> Hirewire:
    """Run one command on the test's database; its exit code, standard output and standard error."""
    monkeypatch.setenv("HIREWIRE_PLATFORM__SECRET_COST", "4")
    monkeypatch.setenv("HIREWIRE_PLATFORM__DATABASE", database_url)
    monkeypatch.setenv("HIREWIRE_PLATFORM__SEALING_KEY", SEALING_KEY)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = run(["platform", *arguments])
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    return command


def test_provision_prints_credentials_and_nothing_else(hirewire: Hirewire, each_sandbox: Sandbox):
    code, out, err = hirewire(
        "provision", "--organization", "12345", "--contract", "urn:li:contract:7", "--name", "Acme"
    )
    made = json.loads(out)
    assert (code, err) == (0, "")
    assert (made["organization"], made["contract"]) == (ORGANIZATION, "urn:li:contract:7")
    (application,) = each_sandbox.administration.each()
    assert application.contexts == {ORGANIZATION, "urn:li:contract:7"} and application.profile.name == "Acme"
    form = f"grant_type=client_credentials&client_id={made['client_id']}&client_secret={made['client_secret']}"
    assert each_sandbox.send("POST", "/oauth/v2/accessToken", {}, form).status == 200


def test_provision_again_changes_nothing_and_binds_more(hirewire: Hirewire, each_sandbox: Sandbox):
    mine = ("--client-id", "acme", "--client-secret", "s3cret")
    for organization in ("1", "1", "2"):
        code, out, _ = hirewire("provision", "--organization", organization, *mine)
        assert (code, json.loads(out)["client_secret"]) == (0, "s3cret")
    _, out, _ = hirewire("provision", "--organization", "3", "--client-id", "acme")
    assert json.loads(out)["client_secret"] is None
    (application,) = each_sandbox.administration.each()
    assert application.contexts == {f"urn:li:organization:{number}" for number in (1, 2, 3)}


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("provision",), "organization or a contract"),
        (("provision", "--organization", "x"), "urn:li:organization"),
        (("provision", "--organization", "urn:li:contract:1"), "urn:li:organization"),
        (("provision", "--organization", "1", "--client-id", "a b"), "letters, digits"),
        (("provision", "--organization", "1", "--client-secret", "x" * 257), "256"),
        (("provision", "--organization", "1", "--name", "x" * 51), "50"),
        (("rotate", "nobody"), "no application 'nobody'"),
        (("revoke", "no body"), "no application"),
        (("notes", "--organization", "x"), "urn:li:organization"),
        (("journal", "--client-id", "\x01"), "neither"),
        (("serve", "--manual-clock", "noon"), "noon"),
    ],
)
def test_what_was_typed_wrong_is_said_in_a_sentence(hirewire: Hirewire, arguments: tuple[str, ...], hint: str):
    code, out, err = hirewire(*arguments)
    assert (code, out) == (2, "")
    assert hint in err and "Traceback" not in err


def test_an_existing_application_keeps_its_secret(hirewire: Hirewire):
    hirewire("provision", "--organization", "1", "--client-id", "acme", "--client-secret", "right")
    code, out, err = hirewire("provision", "--organization", "2", "--client-id", "acme", "--client-secret", "wrong")
    assert (code, out) == (2, "") and "rotate" in err
    code, _, err = hirewire("provision", "--parent", "--client-id", "acme")
    assert code == 2 and "no parent" in err


def test_rotate_revoke_block_and_list(hirewire: Hirewire, each_sandbox: Sandbox):
    caller = each_sandbox.caller(client_id="acme")
    code, out, _ = hirewire("rotate", "acme", "--client-secret", "new")
    assert (code, json.loads(out)) == (0, {"client_id": "acme", "client_secret": "new"})
    assert caller.put({"id": "1"}).status == 200
    hirewire("block", "acme")
    assert caller.put({"id": "1"}).status == 403
    hirewire("block", "acme", "--off")
    assert caller.put({"id": "1"}).status == 200
    assert "1 tokens" in hirewire("revoke", "acme", "--only-tokens")[2]
    assert caller.put({"id": "1"}).status == 401
    assert each_sandbox.token(caller.made, "new")
    hirewire("revoke", "acme")
    (listed,) = json.loads(hirewire("list", "--json")[1])
    assert (listed["client_id"], listed["state"], listed["contexts"]) == ("acme", "revoked", [ORGANIZATION])
    assert "acme" in hirewire("list")[1]


def test_notes_are_listed_for_people_and_for_programs(hirewire: Hirewire, each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    fill(caller)
    code, out, err = hirewire("notes", "--organization", "12345", "--json")
    listed = json.loads(out)
    assert (code, err) == (0, "")
    assert each_sandbox.control("GET", "/control/notes?organization=12345").json == {**listed, "start": 0}
    assert (listed["total"], listed["digest"]) == (3, each_sandbox.digest())
    out = hirewire("notes", "--organization", ORGANIZATION, "--application", "a")[1]
    *lines, summary = out.splitlines()
    assert len(lines) == 2 and summary.startswith("2 notes of urn:li:organization:12345, content digest ")
    assert "Angela Smith: two lines" in out and "\x1b" not in out
    assert json.loads(hirewire("notes", "--organization", "9", "--json")[1])["total"] == 0


def fill(caller: Caller) -> None:
    caller.put({"id": "1", "app": "a", "note": "two\nlines\x1b[2J"}, {"id": "2", "app": "a"}, {"id": "1", "app": "b"})


def test_the_journal_is_listed(hirewire: Hirewire, each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    fill(caller)
    caller.put({"id": "1"}, LinkedIn_Version="202001")
    lines = [json.loads(line) for line in hirewire("journal", "--json")[1].splitlines()]
    assert [line["status"] for line in lines] == [426, 200, 200]
    only = hirewire("journal", "--failed", "--client-id", caller.client_id, "--json")[1].splitlines()
    assert [json.loads(line)["code"] for line in only] == ["NONEXISTENT_VERSION"]
    assert "NONEXISTENT_VERSION" in hirewire("journal")[1]


def test_rules_of_one_application_are_replaced(hirewire: Hirewire, each_sandbox: Sandbox):
    caller = each_sandbox.caller(client_id="acme")
    rules = {"limits": {"application_notes": {"requests_per_day": 1}}}
    assert hirewire("rules", "acme", "--set", json.dumps(rules))[0] == 0
    assert [caller.put({"id": "1"}).status, caller.put({"id": "1"}).status] == [200, 429]
    hirewire("rules", "acme", "--set", "{}")
    assert caller.put({"id": "1"}).status == 200
    for wrong in ("{", "[]", '{"write_mode":"x"}', '{"limits":{"notes":{}}}', "[" * 5_000):
        code, _, err = hirewire("rules", "acme", "--set", wrong)
        assert code == 2 and "Traceback" not in err


def test_a_wrong_setting_is_named(hirewire: Hirewire, tmp_path):
    file = tmp_path / "hirewire.toml"
    file.write_text('[platform]\nversions = ["202001"]\n[platform.limits.aplication_notes]\n')
    code, out, err = hirewire("list", "--config", str(file))
    assert (code, out) == (3, "")
    assert "202001" in err and "aplication_notes" in err and str(file) in err


def test_a_database_that_cannot_be_used_is_said_in_a_sentence(hirewire: Hirewire):
    code, _, err = hirewire("list", "--database", "mysql://x")
    assert code == 3 and "Traceback" not in err
    code, _, err = hirewire("list", "--database", "sqlite:////no/such/folder/x.db")
    assert code == 7 and "Traceback" not in err
