"""The documents' own requests, sent to a platform: the shared vectors of the seeds that this platform serves by now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hirewire.catalog import codec
from hirewire.db import open_database
from hirewire.platform.prospect_notes import Harvest
from tests.conformance import vectors
from tests.platform.sandbox import Caller, Sandbox

vectors.require()

CASES = [case for case in vectors.cases("seeds") if codec.route(case["request"]["target"].partition("?")[0])]


@pytest.fixture
def caller(sqlite_url: str) -> Iterator[Caller]:
    """An application of the organization the samples speak of."""
    database = open_database(sqlite_url)
    sandbox = Sandbox(database)
    yield sandbox.caller()
    sandbox.close()
    database.close()


def send(caller: Caller, request: dict[str, Any]) -> Any:
    headers = {name: value.replace("{token}", caller.token) for name, value in request["headers"].items()}
    return caller.sandbox.send(request["method"], request["target"], headers, request.get("body") or "")


WITH_BODY = [case for case in CASES if "body" in case["response"]]


@pytest.mark.parametrize("case", WITH_BODY, ids=[case["name"] for case in WITH_BODY])
def test_a_sample_gets_its_documented_answer(caller: Caller, case: dict[str, Any]):
    if case["meaning"]["method"] in ("batch_get", "batch_delete"):
        # What is read or deleted must be there: the samples that write come first.
        for each in CASES:
            if each["meaning"]["method"] == "batch_update":
                assert send(caller, each["request"]).status == 200
    answer = send(caller, case["request"])
    assert (answer.status, answer.json) == (case["response"]["status"], case["response"]["body"])


def test_the_notes_are_among_the_samples():
    assert {case["meaning"].get("resource") for case in CASES} >= {"applicationNotes"}
    assert len(CASES) >= 5


def test_the_sample_of_prospect_notes_has_the_documented_link(caller: Caller):
    """Its rows contradict each other; its shape and its link do not."""
    (case,) = (case for case in CASES if case["meaning"].get("resource") == "prospectNotes")
    meaning, sandbox = case["meaning"], caller.sandbox
    contract, (owner,) = meaning["params"]["contract"], meaning["params"]["owners"]
    sandbox.provision(contract=contract, client_id=caller.client_id)
    seat, until = int(owner.rpartition(":")[2]), meaning["params"]["beforeDate"] + 1
    number = int(contract.rpartition(":")[2])
    harvest = Harvest(number, [seat], ["p"], 0, until - 100, until, 10, 0, 9)
    sandbox.database.write_now(lambda tx: sandbox.stores.prospect_notes.harvest(tx, harvest))
    answer = send(caller, case["request"])
    assert answer.status == case["response"]["status"]
    (link,) = answer.json["paging"]["links"]
    assert link["href"] == case["response"]["pagingLinkInSeed"]
