"""What came of a demonstration, as a value: who holds what, what was refused and why, and whether both sides agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hirewire.cli.demo.world import Holding

_DIGEST_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Refused:
    """One note the platform's rules refuse: what was wrong on purpose, and the reason that was given."""

    note_id: str
    flaw: str | None
    reason: str | None

    @property
    def is_expected(self) -> bool:
        """Whether a flawed note was refused; the other way round, something is wrong."""
        return self.flaw is not None and self.reason is not None


@dataclass(frozen=True, slots=True)
class Summary:
    """The outcome. ``accepted`` counts records (a note edited twice may count thrice), ``ats`` leaves flawed notes out."""

    elapsed_s: float
    first_note_s: float | None
    written: int
    edited: int
    deleted: int
    accepted: int
    requests_used: int
    requests_per_day: int
    ats: Holding
    platform: Holding
    refused: tuple[Refused, ...]

    @property
    def is_equal(self) -> bool:
        """Whether the platform holds exactly what the ATS holds, and exactly the flawed notes were refused."""
        return self.ats == self.platform and all(each.is_expected for each in self.refused)


def refusals(flaws: Mapping[str, str], parked: Mapping[str, str]) -> tuple[Refused, ...]:
    """Every note that is flawed or parked.

    >>> [each.is_expected for each in refusals({"n1": "no text", "n2": "no name"}, {"n1": "blank", "n3": "?"})]
    [True, False, False]
    """
    return tuple(Refused(id, flaws.get(id), parked.get(id)) for id in sorted({*flaws, *parked}))


def facts(summary: Summary) -> list[str]:
    """What happened, for people."""
    requests = f"{summary.requests_used:,} of today's {summary.requests_per_day:,} requests used"
    arrived = f", the first note after {summary.first_note_s:.1f} s" if summary.first_note_s is not None else ""
    return [
        f"ATS        {summary.written:,} notes written, {summary.edited:,} edited, {summary.deleted:,} deleted",
        f"sent       {summary.accepted:,} records accepted{arrived}; {requests}, as the platform counts them",
        f"refused    {len(summary.refused):,} notes break the platform's rules and are kept aside (parked):",
        *(line for each in summary.refused for line in _refused(each)),
    ]


def verdict(summary: Summary) -> list[str]:
    """Whether both sides agree, for people."""
    if summary.is_equal:
        digest = summary.platform.digest[:_DIGEST_SHOWN]
        return [f"compared   both sides hold the same {summary.platform.count:,} notes (content digest {digest}...)"]
    return [
        "compared   THE TWO SIDES DIFFER:",
        f"           ATS      {summary.ats.count:,} notes, digest {summary.ats.digest}",
        f"           platform {summary.platform.count:,} notes, digest {summary.platform.digest}",
    ]


def _refused(refused: Refused) -> list[str]:
    written = f"           {refused.note_id}: written with {refused.flaw or 'nothing wrong that we know of'}"
    return [written, f"             {refused.reason or 'NOT refused, though it should have been'}"]
