"""What an applicant gets to see of each event, where and when (Sync Job Application Notifications): a table.

Not here: storing, showing and mailing it, and what a letter says.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from hirewire.values.time import HOUR_MS, Millis


class Event(enum.Enum):
    """What can happen to a job application, as its applicant is told. All but the first are reported by an ATS."""

    SUBMITTED = "SUBMITTED"
    """"A default action triggered once an application is submitted": no call reports it."""
    APPLICATION_VIEWED = "APPLICATION_VIEWED"
    RESUME_DOWNLOADED = "RESUME_DOWNLOADED"
    APPLICATION_REJECTED = "APPLICATION_REJECTED"


class Surface(enum.Enum):
    """The pages where an applicant sees a notice. Mail is none: it is not shown but sent."""

    JOB_POSTING = "job_posting"
    MY_JOBS = "my_jobs"


@dataclass(frozen=True, slots=True)
class Experience:
    """What follows from an event: the surfaces it shows on at once, and how long after it a mail is due (None: never).

    ``needs_consent`` is the customer's, "Applicant notifications".
    """

    surfaces: tuple[Surface, ...]
    mail_after_ms: int | None
    needs_consent: bool = True


EVERYWHERE = (Surface.JOB_POSTING, Surface.MY_JOBS)

EXPERIENCES: dict[Event, Experience] = {
    Event.SUBMITTED: Experience(EVERYWHERE, mail_after_ms=0, needs_consent=False),
    Event.APPLICATION_VIEWED: Experience(EVERYWHERE, mail_after_ms=0),
    Event.RESUME_DOWNLOADED: Experience(EVERYWHERE, mail_after_ms=None),
    # "An applicant will receive an email notification after 72 hours of the action being updated."
    Event.APPLICATION_REJECTED: Experience((), mail_after_ms=72 * HOUR_MS),
}


@dataclass(frozen=True, slots=True)
class Telling:
    """What to do about an event now: show it on ``surfaces``, and mail it at ``mail_at`` (None: no mail).

    ``is_withheld``: a mail would be due now, but the customer has not consented; it stays unwritten.
    """

    surfaces: tuple[Surface, ...] = ()
    mail_at: Millis | None = None
    is_withheld: bool = False


def tell(event: Event, *, is_consented: bool, now: Millis) -> Telling:
    """What an event received now leads to. Consent counts when something is due (decision G-38), so for a mail that is
    due later it is asked for then, not here.

    >>> tell(Event.RESUME_DOWNLOADED, is_consented=False, now=Millis(0))
    Telling(surfaces=(), mail_at=None, is_withheld=False)
    """
    experience = EXPERIENCES[event]
    may_tell = is_consented or not experience.needs_consent
    surfaces = experience.surfaces if may_tell else ()
    if experience.mail_after_ms is None:
        return Telling(surfaces)
    return Telling(surfaces, Millis(now + experience.mail_after_ms), not may_tell and experience.mail_after_ms == 0)


def event_of(action: str) -> Event | None:
    """The event an action is; None for actions that a platform was told to accept, of which nothing is known.

    >>> event_of("APPLICATION_VIEWED"), event_of("SUBMITTED"), event_of("APPLICANT_HIRED")
    (<Event.APPLICATION_VIEWED: 'APPLICATION_VIEWED'>, None, None)
    """
    return _EVENTS.get(action)


_EVENTS = {event.value: event for event in Event if event is not Event.SUBMITTED}
