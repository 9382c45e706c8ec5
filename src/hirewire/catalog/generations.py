"""The two API generations, the dated versions inside ``/rest``, and when each version lives.

Only codec.py acts on a generation; this file says which there are.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

from hirewire.values.time import Millis, from_datetime
from hirewire.wire.protocol import Protocol

VERSION_HEADER = "LinkedIn-Version"
LATEST = "202603"
"""The version the documents recommend (seed 000: "The latest API version is 202603")."""


class Generation(enum.Enum):
    """A base path and its manners. The value is the first path segment."""

    V2 = "v2"
    REST = "rest"

    @property
    def is_dated(self) -> bool:
        """Whether a call must name a version: nothing is defaulted in ``/rest``, and ``/v2`` has none."""
        return self is Generation.REST


@dataclass(frozen=True, slots=True)
class Version:
    """One dated version of ``/rest``: ``YYYYMM`` or ``YYYYMM.RR``, served up to (not including) its sunset."""

    text: str
    sunset_at: Millis


@dataclass(frozen=True, slots=True)
class Dialect:
    """Everything that decides how one call is spelled. ``version`` is None in v2, which has none."""

    generation: Generation
    protocol: Protocol
    version: str | None = None


def echo_version(text: str) -> str:
    """A version as messages and permission names spell it: with a day or revision of two digits.

    >>> echo_version("202603"), echo_version("202508.02")
    ('20260301', '20250802')
    """
    month, _, revision = text.partition(".")
    return month + (revision or "01")


def _version(text: str) -> Version:
    # Talent versions live two years ("202603: Mar 2026 to Mar 2028").
    year, month = int(text[:4]), int(text[4:6])
    return Version(text, from_datetime(dt.datetime(year + 2, month, 1, tzinfo=dt.UTC)))


VERSIONS = {
    text: _version(text)
    for text in (
        "202504",
        "202505",
        "202506",
        "202507",
        "202508",
        "202508.02",
        "202510",
        "202511",
        "202512",
        "202602",
        "202603",
        "202604",
    )
}
"""The versions served by default. All of them serve the same views: no difference is documented for these systems."""
