"""Push events: written as the documents show them, read as leniently as receivers must."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.catalog.events import Announcement, EventType, ProspectNoteDeleted, UnknownEvent, read_event, write_event
from hirewire.wire.errors import Theirs

TEXT = st.text(min_size=1, max_size=20).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text))
EVENTS = st.one_of(
    st.builds(ProspectNoteDeleted, st.integers(0, 2**63 - 1), TEXT),
    st.builds(
        Announcement,
        st.sampled_from([EventType.EXPORT_CANDIDATE_PROFILE, EventType.INTEGRATION_STATUS_CHANGE]),
        TEXT,
        st.none() | st.integers(0, 2**62),
    ),
)


@given(EVENTS)
def test_an_event_is_read_back_and_is_ascii(event: ProspectNoteDeleted | Announcement):
    body = write_event(event)
    assert body.isascii()
    assert read_event(body) == event


def test_a_deletion_is_written_as_documented():
    event = ProspectNoteDeleted(1323073443, "urn:li:contract:123")
    expected = (
        b'{"prospectNoteId":"1323073443","type":"DELETE_PROSPECT_NOTE","integrationContext":"urn:li:contract:123"}'
    )
    assert write_event(event) == expected


@pytest.mark.parametrize(
    ("body", "event"),
    [
        (
            b'{"prospectNoteId": 5, "type": "DELETE_PROSPECT_NOTE", "integrationContext": "c", "new": 1}',
            ProspectNoteDeleted(5, "c"),
        ),
        (
            b'{"type": "EXPORT_CANDIDATE_PROFILE", "requestId": "r"}',
            Announcement(EventType.EXPORT_CANDIDATE_PROFILE, "r"),
        ),
        (
            b'{"type": "EXPORT_CANDIDATE_PROFILE", "id": "r", "expiresAt": "x"}',
            Announcement(EventType.EXPORT_CANDIDATE_PROFILE, "r"),
        ),
        (b'{"type": "JOB_POSTING_STATUS"}', UnknownEvent("JOB_POSTING_STATUS", {"type": "JOB_POSTING_STATUS"})),
    ],
)
def test_a_receiver_bears_what_is_new(body: bytes, event: object):
    assert read_event(body) == event


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"type": 5}',
        b'{"type": "DELETE_PROSPECT_NOTE", "integrationContext": "c"}',
        b'{"type": "DELETE_PROSPECT_NOTE", "integrationContext": "c", "prospectNoteId": "-5"}',
        b'{"type": "DELETE_PROSPECT_NOTE", "integrationContext": "c", "prospectNoteId": true}',
        b'{"type": "DELETE_PROSPECT_NOTE", "prospectNoteId": "5"}',
        b'{"type": "EXPORT_CANDIDATE_PROFILE", "id": ""}',
    ],
)
def test_what_is_no_event_is_refused(body: bytes):
    with pytest.raises(Theirs):
        read_event(body)
