"""The rules a documented field obeys, as data: an id the reference links to, a sentence, the document, the test.

Not here: which field obeys which rule (each resource's own file says so) and the order of checks (codec.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hirewire.values.time import Millis, to_iso


@dataclass(frozen=True, slots=True)
class Reading:
    """How strictly entities are read, and when.

    ``future_tolerance_ms`` widens "cannot be a future time" (decision G-15: 0 by default); ``refuse_unknown_fields``
    turns the ignoring of unknown members into an error (G-18); ``accept_digit_strings`` lets a long arrive as a string
    of digits (G-51). ``is_reply`` is the calling side's reading of what the platform wrote: the platform's own fields
    count, nothing is required and no rule is checked, because clients must bear new and changed content (D-BREAK).
    ``is_query`` is the reading of parameters, where everything is text.
    ``waived`` names requirements a tenant's switch lifts (``Spelling.waiver``), ``extra_values`` what a switch adds to
    the values of an enumeration, by its name.
    """

    now: Millis
    future_tolerance_ms: int = 0
    refuse_unknown_fields: bool = False
    accept_digit_strings: bool = False
    is_reply: bool = False
    is_query: bool = False
    waived: frozenset[str] = frozenset()
    extra_values: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one value. ``holds`` decides, ``sentence`` completes "{field} can't be set to {value}: ...".

    ``all_hold`` decides the same for many values (at least one) at once, where that can be had for less.
    """

    id: str
    code: str
    sentence: str
    document: str
    holds: Callable[[Any, Reading], bool]
    all_hold: Callable[[Sequence[Any], Reading], bool] | None = None

    def hold_for_all(self, values: Sequence[Any], reading: Reading) -> bool:
        """Whether every value obeys the rule."""
        if self.all_hold is not None:
            return not values or self.all_hold(values, reading)
        return all(self.holds(value, reading) for value in values)

    def broken(self, path: str, shown: str, reading: Reading) -> str:
        """What to tell the sender: the field, the value, the rule."""
        return f"{path} can't be set to {shown}: {self.sentence}".format(now=to_iso(reading.now))


NOT_BLANK = Rule(
    "not-blank",
    "INVALID_VALUE_BLANK_FIELD",
    "it must hold more than white space",
    "decisions G-17 and G-51",
    lambda value, _: bool(value) and not value.isspace(),
    lambda values, _: all(map(str.strip, values)),
)
POSITIVE = Rule(
    "positive",
    "INVALID_VALUE_FOR_FIELD",
    "it must be a positive number of milliseconds since 1970-01-01 UTC",
    "Sync Application Notes, request body fields",
    lambda value, _: value > 0,
    lambda values, _: min(values) > 0,
)
NOT_FUTURE = Rule(
    "not-future",
    "INVALID_VALUE_FOR_FIELD",
    "it must not lie in the future (the time here is {now})",
    "Sync Application Notes, request body fields",
    lambda value, reading: value <= reading.now + reading.future_tolerance_ms,
    lambda values, reading: max(values) <= reading.now + reading.future_tolerance_ms,
)


def at_most(characters: int, document: str) -> Rule:
    """The value is at most so many characters long."""
    return Rule(
        "at-most",
        "FIELD_LENGTH_TOO_LONG",
        f"it must be at most {characters} characters long",
        document,
        lambda value, _: len(value) <= characters,
    )
