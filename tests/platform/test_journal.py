"""The request journal: durable, bounded, and silent about secrets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hirewire.platform.journal import excerpt, masked_target
from tests.platform.sandbox import NOON, OTHER_ORGANIZATION, Sandbox, rest_ids, rest_key


def test_an_entry_tells_the_whole_story(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    answer = caller.put({"id": "1", "note": "told"}, {"id": "2", "note": ""})
    (entry,) = each_sandbox.journal(request_id=answer.headers["x-li-request-id"])
    assert (entry.at, entry.client_id, entry.verb, entry.status) == (NOON, caller.client_id, "PUT", 200)
    assert entry.target == f"/rest/applicationNotes?{rest_ids([rest_key('app', '1'), rest_key('app', '2')])}"
    assert (entry.resource, entry.method) == ("application_notes", "batch_update")
    assert (entry.records, entry.failed, entry.stale) == (2, 1, 0)
    assert b'"told"' in entry.request and b'"errors"' in entry.response
    assert entry.duration_us >= 0


def test_whole_request_refusals_are_told_too(each_sandbox: Sandbox):
    caller = each_sandbox.caller()
    caller.send("GET", "/rest/nothing")
    caller.send("PUT", "/rest/applicationNotes?ids[0].a=1")
    caller.put({"id": "1"}, organization=OTHER_ORGANIZATION)
    caller.put({"id": "1"}, LinkedIn_Version="202001")
    told = [(entry.status, entry.code, entry.client_id, entry.failed) for entry in each_sandbox.journal(count=4)]
    client_id = caller.client_id
    assert told == [
        (426, "NONEXISTENT_VERSION", client_id, 0),
        (200, None, client_id, 1),
        (400, "ILLEGAL_ARGUMENT", client_id, 1),
        (404, "RESOURCE_NOT_FOUND", None, 0),
    ]


def test_the_journal_keeps_the_newest_rows(make_sandbox):
    sandbox = make_sandbox(journal_rows=8)
    caller = sandbox.caller()
    answers = [caller.delete(str(number)) for number in range(40)]
    kept = sandbox.journal(count=1_000)
    assert 8 <= len(kept) <= 16
    assert kept[0].request_id == answers[-1].headers["x-li-request-id"]


def test_bodies_are_excerpts_or_nothing(make_sandbox):
    for size in (0, 10):
        sandbox = make_sandbox(journal_excerpt_bytes=size)
        sandbox.caller(client_id=f"client-{size}").put({"id": "1"})
        entry = sandbox.journal(count=1)[0]
        assert (len(entry.request), len(entry.response)) == (size, size)


def test_authorization_is_never_stored(sandbox: Sandbox):
    caller = sandbox.caller()
    caller.put({"id": "1"})
    caller.send("PUT", f"/rest/applicationNotes?oauth2_access_token={caller.token}")
    assert not [entry for entry in sandbox.journal() if caller.token in repr(entry)]
    assert "oauth2_access_token=***" in sandbox.journal(count=1)[0].target


def test_secrets_are_masked_even_when_an_excerpt_cuts_them():
    body = b'{"credentials":{"client_id":"a","client_secret" : "WPL_AP1.x\\"y=="},"key":"k"}'
    assert excerpt(body, 2_000) == b'{"credentials":{"client_id":"a","client_secret" : "***"},"key":"k"}'
    for size in range(len(body)):
        assert b"WPL" not in excerpt(body, size)


@given(st.text(), st.integers(0, 50))
def test_masking_is_total(text: str, size: int):
    assert len(masked_target(text)) <= 2_000 * 3
    assert "\0" not in masked_target(text)
    assert len(excerpt(text.encode("utf-8", "surrogatepass"), size)) <= size
