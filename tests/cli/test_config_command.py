"""``hirewire config``, as a person uses it, against a platform that runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from hirewire.catalog.integration_types import ALL_PRODUCT_USERS, CONFIGURATION_KEYS

CALLBACK = "ONE_CLICK_EXPORT/CALLBACK_URL"
VIEWERS = "ONE_CLICK_EXPORT/JOB_POSTING_VIEWERS"
URL = "https://customer.example.com/hooks?a=b"


def test_what_is_set_is_listed_until_it_is_deleted(
    platform_url: str, settings: Callable[..., Path], hirewire: Callable
):
    settings(platform_url)

    def told(*arguments: str, code: int = 0) -> dict[str, dict]:
        done = hirewire("config", *arguments, "--json")
        assert (done.returncode, done.stderr) == (code, "")
        return {f"{each['integration_type']}/{each['name']}": each for each in json.loads(done.stdout)}

    made = told("set", f"{CALLBACK}={URL}", f"{VIEWERS}={ALL_PRODUCT_USERS}")
    assert [(each["state"], each["reason"]) for each in made.values()] == [("done", None)] * 2
    listed = told("list", "--organization", "123")
    assert len(listed) == len(CONFIGURATION_KEYS)
    assert {name: each["value"] for name, each in listed.items() if each["value"]} == {
        CALLBACK: URL,
        VIEWERS: ALL_PRODUCT_USERS,
    }
    gone = told("delete", VIEWERS, CALLBACK, "IN_ATS_INDICATOR/APPLICATION_VIEWERS", code=1)
    assert [each["state"] for each in gone.values()] == ["done", "refused", "missing"]
    assert "JOB_POSTING_VIEWERS" in gone[CALLBACK]["reason"]
    shown = hirewire("config", "list")
    assert shown.returncode == 0 and URL in shown.stdout and ALL_PRODUCT_USERS not in shown.stdout
    refused = hirewire("config", "set", f"{CALLBACK}=http://plain.example.com/")
    assert refused.returncode == 1 and "refused" in refused.stdout


def test_a_mistake_gets_one_sentence(settings: Callable[..., Path], hirewire: Callable):
    settings()
    for wrong, hint in (
        (("set", CALLBACK), "expected TYPE/NAME=VALUE"),
        (("delete", "ONE_CLICK_EXPORT/NONSENSE"), f"there is {CALLBACK}"),
        (("list", "--tenant-type", "SALES"), "RECRUITER or JOBS"),
    ):
        done = hirewire("config", *wrong)
        assert (done.returncode, done.stdout) == (2, "") and hint in done.stderr and done.stderr.count("\n") == 1
