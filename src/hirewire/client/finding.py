"""Finders as flows: a walk from page to page, and the windows of prospect notes that are complete whatever moves.

A walk keeps its place between two flows, so that a facade can hand out what was found before it asks for more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from hirewire.catalog.call import Call, Page
from hirewire.catalog.model import Resource
from hirewire.catalog.prospect_notes import OWNERS_MAX, PROSPECT_NOTES, WINDOW_HOURS_MAX, ProspectNote
from hirewire.catalog.seats import SEATS
from hirewire.client.conversation import converse, is_target
from hirewire.client.effects import Flow
from hirewire.client.errors import ConfigurationError, Forbidden, ProtocolError
from hirewire.client.exchange import RawResponse
from hirewire.client.patience import Patience
from hirewire.client.session import Session
from hirewire.plan.windows import Window, cut, halves, tiles
from hirewire.values.time import HOUR_MS
from hirewire.wire.methods import Method
from hirewire.wire.query import Paging

PAGE_MAX = 100
"""Most elements of a page; the platform cuts larger counts down to it."""

PASSES_MAX = 100
"""How often one crowded millisecond is read again before that is given up: its notes change faster than they are read."""


def notes_call(
    contract: str, owners: Iterable[str], after: int | None, before: int | None, page_size: int = PAGE_MAX
) -> Call:
    """The first page of the notes of a contract.

    Raises:
        ConfigurationError: the page's size is none, or too many owners are named for one request.
    """
    named = tuple(dict.fromkeys(owners))
    if len(named) > OWNERS_MAX:
        raise ConfigurationError(f"owners: expected at most {OWNERS_MAX:,}, got {len(named):,}")
    given = {"contract": contract, "owners": named or None, "cutoff": after, "before": before}
    return _finder_call(PROSPECT_NOTES, given, page_size)


def seats_call(contracts: str | Iterable[str], states: Iterable[str], page_size: int = PAGE_MAX) -> Call:
    """The first page of the seats of some contracts.

    Raises:
        ConfigurationError: the page's size is none.
    """
    named = (contracts,) if isinstance(contracts, str) else tuple(contracts)
    return _finder_call(SEATS, {"contracts": named, "states": tuple(states) or None}, page_size)


def _finder_call(resource: Resource, params: dict[str, Any], page_size: int) -> Call:
    if not 1 <= page_size <= PAGE_MAX:
        raise ConfigurationError(f"page_size: expected 1 to {PAGE_MAX}, got {page_size}")
    given = {name: value for name, value in params.items() if value is not None}
    name = resource.views[0].finders[0].name
    return Call(resource, Method.FINDER, name=name, params=given, paging=Paging(0, page_size))


# -- from page to page


@dataclass(slots=True)
class PageWalk:
    """The pages of one query, one after the other; each ``advance`` asks for one."""

    session: Session
    call: Call
    _target: str | None = None
    _seen: set[str] = field(default_factory=set)
    _is_over: bool = False

    def advance(self) -> Flow[Page | None]:
        """The next page, or None behind the last.

        Raises:
            ProtocolError: a ``next`` leads in a circle, or to another host.
            HirewireError: as every call.
        """
        if self._is_over:
            return None
        answer = yield from converse(self.session, self.call, Patience.of(self.session), target=self._target)
        page = cast(Page, answer.reply)
        self._follow(page, answer.response)
        return page

    def _follow(self, page: Page, response: RawResponse) -> None:
        """Decide how to go on: along ``next``, which is opaque; without one by index, unless this was the end."""
        href = next((link.href for link in page.links if link.rel == "next"), None)
        returned, paging = len(page.elements), page.paging
        # A total is a hint: what leaves the query while we read makes it smaller than what is still to come. So it ends
        # a walk only where there is no link either.
        is_last = returned < paging.count or (page.total is not None and paging.start + returned >= page.total)
        if not returned or (href is None and is_last):
            self._is_over = True
        elif href is None:
            self._target = None
            self.call = _at(self.call, paging.start + returned)
        elif href in self._seen:
            raise ProtocolError(f"the link to the next page, {href[:200]!r}, was followed before", response=response)
        else:
            self._seen.add(href)
            self._target = _target_of(self.session, href, response)
            self.call = _at(self.call, paging.start + paging.count)


def _at(call: Call, start: int) -> Call:
    count = call.paging.count if call.paging else PAGE_MAX
    return Call(call.resource, call.method, name=call.name, params=call.params, paging=Paging(start, count))


def _target_of(session: Session, href: str, response: RawResponse) -> str:
    """Where a link leads, as a target below the base path. It gets the token, so it must lead to the same host."""
    origin = session.api.origin
    target = href.removeprefix(origin) if href.startswith(f"{origin}/") else href
    if target.startswith(f"{session.api.path}/"):
        target = target.removeprefix(session.api.path)
    if not is_target(target) or urlsplit(target).netloc:
        raise ProtocolError(f"the link to the next page leads elsewhere: {href[:200]!r}", response=response)
    return target


# -- windows that are complete


@dataclass(slots=True)
class WindowWalk:
    """Every note of a contract in ``after < lastModified <= before``, whatever changes meanwhile.

    An edit takes a note out of a closed window, and the rest shifts: a walk by index would miss others. So a window
    counts only when all of it came on one page; a fuller one is cut and asked for again. A millisecond that holds more
    than a page is divided by owners; one owner's is read until two passes agree.
    """

    session: Session
    contract: str
    owners: tuple[str, ...]
    _waiting: list[Window]
    _tiles: Iterator[Window]

    @classmethod
    def of(cls, session: Session, contract: str, window: Window, owners: Iterable[str]) -> WindowWalk:
        """The walk through a window, in pieces of at most 12 hours."""
        pieces = tiles(window, WINDOW_HOURS_MAX * HOUR_MS)
        return cls(session, contract, tuple(dict.fromkeys(owners)), [], pieces)

    def advance(self) -> Flow[tuple[ProspectNote, ...] | None]:
        """The notes of the next piece, in the order of their last change; None behind the last.

        Raises:
            ProtocolError: one millisecond's notes change faster than they can be read.
            HirewireError: as every call.
        """
        while (window := self._next()) is not None:
            page = yield from self._first_page(window, self.owners)
            if _is_whole(page):
                notes = _notes(page)
            elif window.length_ms == 1:
                notes = yield from self._crowded(window)
            else:
                self._waiting += reversed(cut(window, [note.last_modified or 0 for note in _notes(page)]))
                continue
            if notes:
                return tuple(sorted(notes, key=_order))
        return None

    def _next(self) -> Window | None:
        return self._waiting.pop() if self._waiting else next(self._tiles, None)

    def _first_page(self, window: Window, owners: Sequence[str]) -> Flow[Page]:
        call = notes_call(self.contract, owners, window.after, window.before)
        answer = yield from converse(self.session, call, Patience.of(self.session))
        return cast(Page, answer.reply)

    def _crowded(self, window: Window) -> Flow[list[ProspectNote]]:
        """The notes of one millisecond that holds more than a page of them."""
        found: dict[int | None, ProspectNote] = {}
        owners = self.owners or (yield from self._everybody())
        waiting: list[Sequence[str]] = [owners[n : n + OWNERS_MAX] for n in range(0, len(owners), OWNERS_MAX)]
        while waiting:
            group = waiting.pop()
            page = yield from self._first_page(window, group)
            if _is_whole(page):
                found |= _by_id(_notes(page))
            elif len(group) > 1:
                waiting += halves(group)
            else:
                found |= yield from self._settled(window, group)
        if not self.owners:
            # Notes may be of somebody who has no seat any more, or whose seat we may not see.
            found |= yield from self._settled(window, ())
        return list(found.values())

    def _everybody(self) -> Flow[tuple[str, ...]]:
        """The owners there can be; none where the application may not know."""
        walk, owners = PageWalk(self.session, seats_call(self.contract, ())), list[str]()
        try:
            while (page := (yield from walk.advance())) is not None:
                owners += [f"urn:li:seat:{getattr(seat, 'id', None)}" for seat in page.elements]
        except Forbidden:
            return ()
        return tuple(owners)

    def _settled(self, window: Window, owners: Sequence[str]) -> Flow[dict[int | None, ProspectNote]]:
        """What several passes find, until two of them agree: then nothing left between them, so nothing was missed."""
        found: dict[int | None, ProspectNote] = {}
        passed: set[int | None] | None = None
        for _ in range(PASSES_MAX):
            walk = PageWalk(self.session, notes_call(self.contract, owners, window.after, window.before))
            pass_: dict[int | None, ProspectNote] = {}
            while (page := (yield from walk.advance())) is not None:
                pass_ |= _by_id(_notes(page))
            found |= pass_
            if pass_.keys() == passed:
                return found
            passed = set(pass_)
        raise ProtocolError(f"the notes of {window.before} changed during each of {PASSES_MAX} passes")


def _is_whole(page: Page) -> bool:
    """Whether a first page is certainly all there is: it has room left, and nobody speaks of more."""
    returned = len(page.elements)
    return returned < page.paging.count and (page.total is None or page.total <= returned)


def _notes(page: Page) -> list[ProspectNote]:
    return [note for note in page.elements if isinstance(note, ProspectNote)]


def _by_id(notes: Iterable[ProspectNote]) -> dict[int | None, ProspectNote]:
    return {note.id: note for note in notes}


def _order(note: ProspectNote) -> tuple[int, int]:
    return note.last_modified or 0, note.id or 0
