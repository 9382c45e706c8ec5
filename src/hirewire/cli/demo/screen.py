"""What a demonstration shows while it runs: a panel on a terminal, a line now and then elsewhere. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from hirewire.cli.output import plain


@dataclass(frozen=True, slots=True)
class Progress:
    """One look at all three: what the ATS said, what the connector did, what the platform holds.

    ``changes`` counts what was written, edited and deleted in the ATS; ``waiting`` what the connector still has to
    settle, ``accepted`` and ``refused`` what the platform answered, ``held`` the notes the platform has.
    """

    elapsed_s: float
    written: int = 0
    edited: int = 0
    deleted: int = 0
    waiting: int | None = None
    accepted: int = 0
    refused: int = 0
    held: int | None = None
    requests_used: int = 0
    requests_per_day: int = 0

    @property
    def changes(self) -> int:
        """What the recruiters did so far."""
        return self.written + self.edited + self.deleted


def line(progress: Progress) -> str:
    """One look as one line, for logs and pipes.

    >>> line(Progress(2.04, written=3, edited=1))
    ' 2.0 s  ATS: 3 written, 1 edited, 0 deleted; connector: starting; platform: -'
    """
    return (
        f"{progress.elapsed_s:4.1f} s  ATS: {progress.written:,} written, {progress.edited:,} edited, "
        f"{progress.deleted:,} deleted; connector: {_connector(progress)}; platform: {_platform(progress)}"
    )


def panel(progress: Progress, news: Sequence[str]) -> RenderableType:
    """One look as a small screen, with the latest deeds of the recruiters below."""
    grid = Table.grid(padding=(0, 2))
    grid.add_row(Text("ATS", style="bold"), Text(_ats(progress)))
    grid.add_row(Text("connector", style="bold"), Text(_connector(progress)))
    grid.add_row(Text("platform", style="bold"), Text(_platform(progress)))
    share = max(1, progress.changes)
    settled = max(0, progress.changes - (progress.waiting or 0)) if progress.waiting is not None else 0
    grid.add_row(Text("settled", style="bold"), ProgressBar(total=share, completed=settled, width=50))
    return Group(grid, Text(), *(Text(plain(item), style="dim", overflow="ellipsis", no_wrap=True) for item in news))


def _ats(progress: Progress) -> str:
    return f"{progress.written:,} notes written, {progress.edited:,} edited, {progress.deleted:,} deleted"


def _connector(progress: Progress) -> str:
    if progress.waiting is None:
        return "starting"
    return f"{progress.waiting:,} waiting, {progress.accepted:,} accepted, {progress.refused:,} refused"


def _platform(progress: Progress) -> str:
    if progress.held is None:
        return "-"
    budget = f", {progress.requests_used:,} of today's {progress.requests_per_day:,} requests used"
    return f"{progress.held:,} notes{budget if progress.requests_per_day else ''}"
