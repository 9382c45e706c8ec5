"""What recruiters do next. A decision only: the ATS carries it out.

Most notes are fine; a few are flawed the way real data is, so that there is something to refuse and a reason to show.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

RECRUITERS = (("Angela", "Smith"), ("Bobby", "Hill"), ("Nour", "Haddad"), ("Zoë", "Brontë"), ("Kathy", "Gao"))
CANDIDATES = (
    "Ada Park",
    "Ben Osei",
    "Chiara Rossi",
    "Dmitri Volkov",
    "Elif Kaya",
    "Femi Ade",
    "Grace Lin",
    "Hugo Díaz",
)
JOBS = ("Data engineer", "Site manager", "Nurse, night shift", "Product designer")

OPENINGS = (
    "Phone screen done",
    "Interview on site",
    "Called the referee",
    "Panel met",
    "CV read again",
    "Spoke at the fair",
)
FINDINGS = (
    "knows the domain well",
    "asks for four days a week",
    "strong on systems, shy on people",
    "can start in March",
    "wants to see the team first",
    "answers in examples, good listener",
)
VERDICTS = ("invite", "keep warm", "second interview", "decide on Friday", "offer", "not this role")


class Flaw(enum.Enum):
    """What is wrong with a note that should never have been saved like this."""

    BLANK_TEXT = "a text of nothing but blanks"
    AUTHOR_WITHOUT_LAST_NAME = "an author without a last name"
    CREATED_IN_1970 = "a creation time of 0, as a broken import leaves it"


@dataclass(frozen=True, slots=True)
class Write:
    """Put a new note on an application."""

    application_id: str
    author: tuple[str, str]
    text: str
    flaw: Flaw | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace a note's text."""

    note_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a note."""

    note_id: str


Deed: TypeAlias = Write | Edit | Delete


def next_deed(dice: random.Random, applications: Sequence[str], sound_notes: Sequence[str]) -> Deed:
    """Mostly writing, some editing, little deleting; only sound notes are touched again."""
    roll = dice.random()
    if sound_notes and roll < 0.25:
        return Edit(dice.choice(sound_notes), _text(dice))
    if sound_notes and roll < 0.32:
        return Delete(dice.choice(sound_notes))
    return Write(dice.choice(applications), dice.choice(RECRUITERS), _text(dice))


def flawed_note(dice: random.Random, applications: Sequence[str], flaw: Flaw) -> Write:
    """A note with one thing wrong with it."""
    first, last = dice.choice(RECRUITERS)
    author = (first, "") if flaw is Flaw.AUTHOR_WITHOUT_LAST_NAME else (first, last)
    text = "   " if flaw is Flaw.BLANK_TEXT else _text(dice)
    return Write(dice.choice(applications), author, text, flaw)


def _text(dice: random.Random) -> str:
    return f"{dice.choice(OPENINGS)}: {dice.choice(FINDINGS)}. Verdict: {dice.choice(VERDICTS)}."
