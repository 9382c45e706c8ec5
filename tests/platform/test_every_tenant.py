"""Every endpoint of the catalog, asked by an application of another customer: it reads nothing and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from hirewire.catalog import RESOURCES
from hirewire.catalog.application_notes import Actor, ApplicationNote, ApplicationNoteKey
from hirewire.catalog.applications import ApplicationKey
from hirewire.catalog.call import Call
from hirewire.catalog.codec import encode_call
from hirewire.catalog.generations import Dialect
from hirewire.catalog.integration_configurations import IntegrationConfiguration, IntegrationConfigurationKey
from hirewire.catalog.integrations import IntegrationKey
from hirewire.catalog.lifecycle_actions import LifecycleAction
from hirewire.catalog.model import Resource, View
from hirewire.wire.methods import Method
from hirewire.wire.protocol import Protocol
from hirewire.wire.query import Paging
from tests.platform.recruiters import CONTRACT, Recruiters
from tests.platform.sandbox import NOON, ORGANIZATION, OTHER_ORGANIZATION, Answer, Caller, Sandbox

AUTHOR = Actor(first_name="A", last_name="B")
NOTE = ApplicationNote(note="mine", author=AUTHOR, created_at=NOON - 1, last_modified_at=NOON - 1)
NOTE_KEY = ApplicationNoteKey(ORGANIZATION, "app", "1")
VIEWERS = IntegrationConfigurationKey(ORGANIZATION, "IN_ATS_INDICATOR", "RECRUITER", "APPLICATION_VIEWERS")
EVERYBODY = IntegrationConfiguration("ALL_PRODUCT_USERS")
INTEGRATION = IntegrationKey(ORGANIZATION, "IN_ATS_INDICATOR", "RECRUITER")
CREATED = {"context": ORGANIZATION, "integration_type": "IN_ATS_INDICATOR"}
ACTION = LifecycleAction("urn:li:jobApplication:77", "APPLICATION_VIEWED", NOON - 1, ORGANIZATION)

PAGE = Paging(0, 10)
ASKED: dict[tuple[str, Method], dict[str, Any]] = {
    ("application_notes", Method.BATCH_UPDATE): {"entities": {NOTE_KEY: NOTE}},
    ("application_notes", Method.BATCH_DELETE): {"entities": {NOTE_KEY: None}},
    ("ats_applications", Method.BATCH_DELETE): {"entities": {ApplicationKey(ORGANIZATION, "app"): None}},
    ("integrations", Method.BATCH_PARTIAL_UPDATE): {"entities": {INTEGRATION: {"name": "Taken over"}}},
    ("integrations", Method.BATCH_GET): {"entities": {INTEGRATION: None}},
    ("integration_configurations", Method.BATCH_UPDATE): {"entities": {VIEWERS: EVERYBODY}},
    ("integration_configurations", Method.BATCH_DELETE): {"entities": {VIEWERS: None}},
    ("integration_configurations", Method.BATCH_GET): {"entities": {VIEWERS: None}},
    ("prospect_notes", Method.FINDER): {"params": {"contract": CONTRACT}, "paging": PAGE},
    ("seats", Method.FINDER): {"params": {"contracts": [CONTRACT]}, "paging": PAGE},
    ("lifecycle_actions", Method.CREATE): {"elements": (ACTION,)},
    ("lifecycle_actions", Method.BATCH_CREATE): {"elements": (ACTION,)},
}
"""What is asked of each endpoint whose records name their customer."""

UNNAMED = {
    # Belongs to the parent application, not to a customer: see test_provisioned_applications.py.
    *(("provisioned_applications", method) for method in (Method.CREATE, Method.PARTIAL_UPDATE, Method.FINDER)),
    # Names a request, not a customer: see test_push_events.py.
    ("integrations", Method.FINDER),
}


def endpoints() -> Iterator[tuple[Resource, View, Method]]:
    for resource in RESOURCES:
        for view in resource.views:
            for method in sorted(view.methods, key=lambda each: each.value):
                if (resource.name, method) not in UNNAMED:
                    yield resource, view, method


def ask(caller: Caller, resource: Resource, view: View, method: Method, protocol: Protocol) -> Answer:
    name = view.finders[0].name if method is Method.FINDER else None
    call = Call(replace(resource, views=(view,)), method, name=name, **ASKED[resource.name, method])
    request = encode_call(call, Dialect(view.generation, protocol, "202603" if view.generation.is_dated else None))
    lines = [("Authorization", f"Bearer {caller.token}"), *request.headers]
    return caller.sandbox.send(request.verb, request.target, lines, request.body)


def statuses(answer: Answer) -> list[int]:
    """The status of each record, or of the whole request."""
    if answer.status != 200:
        return [answer.status]
    assert not answer.json.get("results")
    refused = answer.json.get("errors") or {}
    return [each["status"] for each in [*refused.values(), *answer.json.get("elements", ())]]


@pytest.mark.parametrize("protocol", Protocol)
def test_a_foreign_application_reads_and_changes_nothing(sandbox: Sandbox, protocol: Protocol):
    owner, stranger = sandbox.caller(contract=CONTRACT), sandbox.caller(OTHER_ORGANIZATION)
    Recruiters(sandbox).write()
    assert sandbox.control("POST", "/control/integrations", json.dumps(CREATED).encode()).status == 200
    before: dict[tuple[str, str], Any] = {}
    kept = [each for each in endpoints() if each[2] in (Method.BATCH_GET, Method.FINDER)]
    for resource, view, method in endpoints():
        if method in (Method.BATCH_UPDATE, Method.BATCH_PARTIAL_UPDATE):
            assert ask(owner, resource, view, method, protocol).status == 200
    for resource, view, method in kept:
        answer = ask(owner, resource, view, method, protocol)
        assert answer.status == 200 and (answer.json.get("results") or answer.json.get("elements")), (view, method)
        before[repr(view), method.value] = answer.json
    notes = sandbox.notes()
    for resource, view, method in endpoints():
        assert statuses(ask(stranger, resource, view, method, protocol)) == [403], (view, method)
    after = {(repr(view), m.value): ask(owner, resource, view, m, protocol).json for resource, view, m in kept}
    assert (after, sandbox.notes(), len(notes)) == (before, notes, 1)
