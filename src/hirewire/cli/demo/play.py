"""The course of a demonstration: a day's backlog, some seconds of busy recruiters, quiet, and the comparison."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, NoReturn

from hirewire.cli.demo.ats import Ats
from hirewire.cli.demo.ending import Ending
from hirewire.cli.demo.recruiters import Deed, Delete, Edit, Flaw, Write, flawed_note, next_deed
from hirewire.cli.demo.screen import Progress
from hirewire.cli.demo.summary import Summary, refusals
from hirewire.cli.demo.world import World, ats_holding
from hirewire.runtime.clock import Clock
from hirewire.values.time import Millis

APPLICATIONS = 40
BACKLOG = 150
LIVE_DEEDS = 120
LIVE_PAUSE_S = 0.04
IDLE_PAUSE_S = 2.0
LOOK_EVERY_S = 0.25
SETTLE_TIMEOUT_S = 60.0
NEWS_SHOWN = 6

Show = Callable[[Progress, list[str]], None]


class Play:
    """Recruiters at work in an ATS, and everybody who watches."""

    def __init__(
        self, world: World, ats: Ats, clock: Clock, ending: Ending, dice: random.Random, show: Show, begun: float
    ) -> None:
        self._world = world
        self._ats = ats
        self._clock = clock
        self._ending = ending
        self._dice = dice
        self._show = show
        self._begun = begun
        self._counts: Counter[type] = Counter()
        self._sound: list[str] = []
        self._flaws: dict[str, str] = {}
        self._news: deque[str] = deque(maxlen=NEWS_SHOWN)
        self._last_deed_at = Millis(0)
        self._looked_at = 0.0
        self._first_held_s: float | None = None
        self._applications: list[str] = []

    def fill(self) -> None:
        """What recruiters wrote before the connector came: the backlog, with every flaw in it once."""
        self._applications = self._ats.open_applications(APPLICATIONS, self._dice)
        for number in range(BACKLOG):
            self._perform(next_deed(self._dice, self._applications, self._sound))
            if number % (BACKLOG // len(Flaw)) == 1:
                flaw = list(Flaw)[len(self._flaws)]
                self._perform(flawed_note(self._dice, self._applications, flaw))

    def go_live(self) -> None:
        """Write, edit and delete while everything runs."""
        for _ in range(LIVE_DEEDS):
            self._perform(next_deed(self._dice, self._applications, self._sound))
            self._wait(LIVE_PAUSE_S)

    def settle(self) -> None:
        """Wait until the connector has nothing left to send."""
        deadline = self._clock.monotonic() + SETTLE_TIMEOUT_S
        while not self._is_settled() and self._clock.monotonic() < deadline:
            self._wait(LOOK_EVERY_S / 2)
        self._look()

    def go_on(self) -> NoReturn:
        """Now and then a deed, until the end is asked for."""
        while True:
            self._perform(next_deed(self._dice, self._applications, self._sound))
            for _ in range(round(IDLE_PAUSE_S / LOOK_EVERY_S)):
                self._wait(LOOK_EVERY_S)

    def summary(self) -> Summary:
        """What came of it, both sides compared."""
        progress = self.progress()
        return Summary(
            elapsed_s=progress.elapsed_s,
            first_note_s=self._first_held_s,
            written=progress.written,
            edited=progress.edited,
            deleted=progress.deleted,
            accepted=progress.accepted,
            requests_used=self._world.platform_requests(),
            requests_per_day=progress.requests_per_day,
            ats=ats_holding(self._ats),
            platform=self._world.platform_holding(),
            refused=refusals(self._flaws, self._world.parked()),
        )

    def progress(self) -> Progress:
        """One look at everybody."""
        status = self._world.status
        application: dict[str, Any] = next(iter(status.get("applications", ())), {})
        return Progress(
            elapsed_s=self._clock.monotonic() - self._begun,
            written=self._counts[Write],
            edited=self._counts[Edit],
            deleted=self._counts[Delete],
            waiting=status.get("backlog"),
            accepted=application.get("records_taken_today", 0),
            refused=sum(customer["parked"] for customer in status.get("customers", ())),
            held=self._world.platform_holding().count,
            requests_used=application.get("requests_today", 0),
            requests_per_day=application.get("requests_limit", 0),
        )

    def _is_settled(self) -> bool:
        """Whether the connector looked after the last deed and found nothing to send."""
        status = self._world.status
        return bool(status) and status["now"] > self._last_deed_at and status["backlog"] == 0

    def _perform(self, deed: Deed) -> None:
        note_id = self._ats.perform(deed)
        self._last_deed_at = self._clock.now()
        self._counts[type(deed)] += 1
        self._remember(deed, note_id)
        self._news.append(_told(deed, note_id))

    def _remember(self, deed: Deed, note_id: str) -> None:
        match deed:
            case Write(flaw=None):
                self._sound.append(note_id)
            case Write(flaw=Flaw() as flaw):
                self._flaws[note_id] = flaw.value
            case Delete():
                self._sound.remove(note_id)

    def _wait(self, seconds: float) -> None:
        self._ending.pause(seconds)
        if self._clock.monotonic() - self._looked_at >= LOOK_EVERY_S:
            self._look()

    def _look(self) -> None:
        self._world.check()
        self._looked_at = self._clock.monotonic()
        progress = self.progress()
        if progress.held and self._first_held_s is None:
            self._first_held_s = progress.elapsed_s
        self._show(progress, list(self._news))


def _told(deed: Deed, note_id: str) -> str:
    match deed:
        case Write():
            return f"{' '.join(deed.author)} wrote {note_id} on {deed.application_id}: {deed.text}"
        case Edit():
            return f"{note_id} was edited: {deed.text}"
        case Delete():
            return f"{note_id} was deleted"
