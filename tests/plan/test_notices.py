"""What an applicant is shown of each event: the document's table, with consent and without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.catalog.lifecycle_actions import LifecycleActionType
from hirewire.plan.notices import EVERYWHERE, EXPERIENCES, Event, Telling, event_of, tell
from hirewire.values.time import HOUR_MS, Millis

NOW = Millis(1_767_787_200_000)
LATER = Millis(NOW + 72 * HOUR_MS)


@pytest.mark.parametrize(
    ("event", "is_consented", "telling"),
    [
        (Event.SUBMITTED, True, Telling(EVERYWHERE, NOW)),
        (Event.SUBMITTED, False, Telling(EVERYWHERE, NOW)),
        (Event.APPLICATION_VIEWED, True, Telling(EVERYWHERE, NOW)),
        (Event.APPLICATION_VIEWED, False, Telling((), NOW, is_withheld=True)),
        (Event.RESUME_DOWNLOADED, True, Telling(EVERYWHERE)),
        (Event.RESUME_DOWNLOADED, False, Telling()),
        # A rejection shows nowhere; whether it is mailed is asked when that is due.
        (Event.APPLICATION_REJECTED, True, Telling((), LATER)),
        (Event.APPLICATION_REJECTED, False, Telling((), LATER)),
    ],
)
def test_where_an_event_shows_and_when_it_is_mailed(event: Event, is_consented: bool, telling: Telling):
    assert tell(event, is_consented=is_consented, now=NOW) == telling


def test_every_documented_action_is_an_event_and_only_these():
    assert {event_of(each.value) for each in LifecycleActionType} == set(Event) - {Event.SUBMITTED}
    assert event_of("SUBMITTED") is None
    assert EXPERIENCES.keys() == set(Event)


@given(st.sampled_from(Event), st.booleans(), st.integers(0, 2**45))
def test_without_consent_nothing_shows_but_the_submission(event: Event, is_consented: bool, now: int):
    telling = tell(event, is_consented=is_consented, now=Millis(now))
    if not is_consented and event is not Event.SUBMITTED:
        assert not telling.surfaces
        assert telling.is_withheld or telling.mail_at is None or telling.mail_at > now
    assert telling.mail_at is None or telling.mail_at >= now
