"""``hirewire notify`` and the applicant's commands, typed as people type them, against a platform that runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.platform.sandbox import ORGANIZATION
from tests.platform.served import Served

SETTINGS = """\
[connector]
base_url = "{url}"

[[connector.customers]]
organization = "12345"
client_id = "acme"
client_secret = "secret"
"""


@pytest.fixture
def served(tmp_path: Path):
    (tmp_path / "platform").mkdir()
    served = Served(f"sqlite:///{tmp_path}/platform/test.db", folder=tmp_path / "platform")
    served.provision()
    (tmp_path / "hirewire.toml").write_text(SETTINGS.format(url=served.url))
    yield served
    served.stop()


def test_an_applicant_hears_of_what_was_notified(hirewire: Callable[..., object], served: Served):
    def run(*arguments: str):
        done = hirewire(*arguments, env={"HIREWIRE_PLATFORM__DATABASE": served.database_url})
        return done.returncode, done.stdout, done.stderr  # type: ignore[attr-defined]  # a finished process

    assert run("platform", "job", "post", "Engineer", "--organization", "12345", "--id", "5")[0] == 0
    code, out, _ = run("platform", "job-application", "submit", "5", "--email", "ann@example.com", "--id", "77")
    person = json.loads(out)["applicant"]
    assert code == 0
    served.control("PATCH", "/control/customers/12345", '{"applicant_notifications": true}')
    code, out, err = run("notify", "77", "APPLICATION_VIEWED", "--performed-at", "2026-01-01T00:00:00Z", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "id": "1",
        "job_application": "77",
        "action": "APPLICATION_VIEWED",
        "performed_at": 1_767_225_600_000,
        "organization": ORGANIZATION,
    }
    assert "Accepted: RESUME_DOWNLOADED of 77" in run("notify", "77", "RESUME_DOWNLOADED")[2]
    out = run("platform", "my-jobs", person)[1]
    assert "Application viewed" in out and "Resume downloaded" in out
    assert (
        json.loads(run("platform", "job-application", "show", "77")[1])["actions"][1]["performed_at"]
        == 1_767_225_600_000
    )
    code, _, err = run("notify", "77", "APPLICATION_EATEN")
    assert code == 1 and "APPLICATION_REJECTED" in err
    for wrong, hint in (
        (("--organization", "9"), "no customer of the settings"),
        (("--organization", "x"), "urn:li:organization"),
        (("--performed-at", "noon"), "noon"),
    ):
        code, _, err = run("notify", "77", "APPLICATION_VIEWED", *wrong)
        assert code == 2 and hint in err


def test_mails_and_applications_are_listed_and_read(hirewire: Callable[..., object], tmp_path: Path):
    def run(*arguments: str):
        env = {"HIREWIRE_PLATFORM__DATABASE": f"sqlite:///{tmp_path}/x.db"}
        done = hirewire("platform", *arguments, env=env)
        return done.returncode, done.stdout, done.stderr  # type: ignore[attr-defined]  # a finished process

    run("job", "post", "Engineer", "--organization", "12345", "--id", "5", "--company", "Acme")
    run("job-application", "submit", "5", "--email", "ann@example.com", "--id", "77")
    assert [job["id"] for job in json.loads(run("job", "list", "--organization", "12345", "--json")[1])] == ["5"]
    assert "ann@example.com" in run("job-application", "list", "--job", "5")[1]
    (mail,) = json.loads(run("mails", "--json", "--state", "due", "--application", "77")[1])
    assert (mail["state"], mail["event"]) == ("due", "SUBMITTED")
    assert "Not written yet" in run("mails", str(mail["id"]))[1]
    for wrong, hint in (
        (("mails", "9"), "no mail 9"),
        (("mails", "--state", "lost"), "due, sent"),
        (("my-jobs", "a/b"), "urn:li:person"),
        (("job-application", "submit", "6"), "no job '6'"),
        (("job", "post", "a\nb", "--organization", "1"), "one line"),
    ):
        code, _, err = run(*wrong)
        assert code == 2 and hint in err
