"""Walks from page to page, and windows that are complete: against scripted answers, and against the platform itself."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from hirewire.catalog.prospect_notes import ProspectNote
from hirewire.client import AsyncClient, Client, ConfigurationError, Forbidden, ProtocolError, RetryPolicy, finding
from hirewire.client.effects import Received
from hirewire.client.finding import PageWalk, WindowWalk, notes_call, seats_call
from hirewire.db import open_database
from hirewire.plan.windows import Window
from hirewire.platform.prospect_notes import Harvest
from hirewire.platform.rules import PagingMode, Rules
from hirewire.values.time import DAY_MS, HOUR_MS
from hirewire.wire.http import Headers, HttpRequest, HttpResponse
from tests.platform.recruiters import CONTRACT, Recruiters
from tests.platform.sandbox import NOON, Sandbox

PLAIN = Rules(paging=PagingMode.PLAIN)
CALL = notes_call(CONTRACT, (), None, None, 2)


# -- the platform in this process


@dataclass
class InProcess:
    """A transport into a sandbox; ``before`` happens in front of every API request."""

    sandbox: Sandbox
    before: Callable[[], None] = lambda: None
    targets: list[str] = field(default_factory=list)

    def send(self, origin: str, request: HttpRequest, timeout_s: float) -> Received:
        if not request.target.startswith("/oauth"):
            self.before()
            self.targets.append(request.target)
        answer = self.sandbox.send(request.verb, request.target, list(request.headers), request.body)
        return HttpResponse(answer.status, Headers(list(answer.headers.items())), answer.body)

    def close(self) -> None:
        return


@dataclass
class InProcessAsync:
    """The same for the asynchronous client."""

    sandbox: Sandbox

    async def send(self, origin: str, request: HttpRequest, timeout_s: float) -> Received:
        answer = await self.sandbox._send(request.verb, request.target, list(request.headers), request.body)
        return HttpResponse(answer.status, Headers(list(answer.headers.items())), answer.body)

    async def close(self) -> None:
        return


@pytest.fixture
def sandbox(sqlite_url: str) -> Iterator[Sandbox]:
    database = open_database(sqlite_url)
    sandbox = Sandbox(database)
    yield sandbox
    sandbox.close()
    database.close()


def client_of(sandbox: Sandbox, transport: Any, rules: Rules | None = None, kind: Any = Client, **more: Any) -> Any:
    made = sandbox.provision(contract=CONTRACT)
    sandbox.administration.set_rules(made.client_id, rules or Rules())
    keys = {"client_id": made.client_id, "client_secret": made.client_secret}
    return kind(**keys, base_url="http://platform", transport=transport, retries=RetryPolicy(0), **more)


def harvest(sandbox: Sandbox, recruiters: Recruiters, count: int, since: int, until: int) -> None:
    owners = [int(seat) for seat in recruiters.seats]
    for first in range(0, count, 100_000):
        last = min(first + 99_999, count - 1)
        wanted = Harvest(1234567, owners, [recruiters.prospect], 3, since, until, count, first, last)
        sandbox.database.write_now(partial(sandbox.stores.prospect_notes.harvest, wanted=wanted))


def test_notes_and_seats_over_pages(sandbox: Sandbox):
    recruiters = Recruiters(sandbox)
    harvest(sandbox, recruiters, 250, NOON, NOON + 1_000)
    with client_of(sandbox, InProcess(sandbox)) as client:
        notes = list(client.prospect_notes.find(CONTRACT))
        assert [note.note for note in notes] == [f"Generated note {number}" for number in range(250)]
        assert [len(page.elements) for page in client.prospect_notes.pages(CONTRACT)] == [100, 100, 50]
        owner = f"urn:li:seat:{recruiters.seats[0]}"
        own = list(client.prospect_notes.find(CONTRACT, owners=[owner], page_size=7))
        assert own == [note for note in notes if note.owner == owner]
        part = list(client.prospect_notes.find(CONTRACT, after=NOON + 400, before=NOON + 404))
        assert [note.last_modified for note in part] == [NOON + 404]
        seats = list(client.seats.find(CONTRACT, states=["ACTIVE"], page_size=1))
        assert [str(seat.id) for seat in seats] == recruiters.seats
        assert list(client.seats.find([CONTRACT], states=["PARKED"])) == []


def test_the_asynchronous_client_finds_the_same(sandbox: Sandbox):
    recruiters = Recruiters(sandbox)
    harvest(sandbox, recruiters, 150, NOON, NOON + 1_000)

    async def collected() -> tuple[list[Any], list[Any], list[Any]]:
        async with client_of(sandbox, InProcessAsync(sandbox), kind=AsyncClient) as client:
            notes = [note async for note in client.prospect_notes.find(CONTRACT)]
            window = [note async for note in client.prospect_notes.window(CONTRACT, NOON - 1, NOON + DAY_MS)]
            return notes, window, [seat async for seat in client.seats.find(CONTRACT)]

    notes, window, seats = sandbox._runner.run(collected())
    assert (len(notes), len(seats), window) == (150, 2, notes)


def test_a_window_asks_for_twelve_hours_at_most(sandbox: Sandbox):
    recruiters = Recruiters(sandbox)
    harvest(sandbox, recruiters, 30, NOON, NOON + DAY_MS)
    transport = InProcess(sandbox)
    with client_of(sandbox, transport, Rules(strict_windows=True)) as client:
        found = list(client.prospect_notes.window(CONTRACT, NOON - 1, NOON + DAY_MS + 5 * HOUR_MS))
    assert len(found) == 30 and len(transport.targets) == 3


@pytest.mark.parametrize("rules", [Rules(), PLAIN], ids=["continued", "plain"])
@pytest.mark.parametrize("seed", range(6))
def test_a_window_is_complete_while_notes_are_edited_and_deleted(sandbox: Sandbox, rules: Rules, seed: int):
    dice = random.Random(seed)
    recruiters = Recruiters(sandbox, seats=3)
    # Half of them in one crowded millisecond, one owner alone more than a page of it.
    harvest(sandbox, recruiters, 450, NOON - 1_000, NOON - 999)
    harvest(sandbox, recruiters, 450, NOON - 900, NOON)
    window = (NOON - 2_000, NOON - 1)
    staying = _ids(sandbox)
    changes = [0]

    def change() -> None:
        changes[0] += 1
        for _ in range(dice.randrange(4) if changes[0] < 40 else 0):
            note = dice.choice(sorted(staying))
            staying.discard(note)
            (recruiters.edit if dice.random() < 0.5 else recruiters.delete)(note)

    with client_of(sandbox, InProcess(sandbox, before=change), rules) as client:
        found = [note.id for note in client.prospect_notes.window(CONTRACT, *window)]
    assert staying <= set(found) and len(found) == len(set(found))
    assert len(staying) < 900


def _ids(sandbox: Sandbox) -> set[int]:
    from hirewire.platform.prospect_notes import NoteWindow

    window = NoteWindow(1234567)
    read = sandbox.database.read_now
    return {
        note.id for note in read(lambda tx: sandbox.stores.prospect_notes.page(tx, window, window.beginning, 10**6))
    }


def test_a_crowded_millisecond_of_many_owners_is_divided_among_them(sandbox: Sandbox):
    recruiters = Recruiters(sandbox, seats=12)
    harvest(sandbox, recruiters, 300, NOON - 1_000, NOON - 999)
    transport = InProcess(sandbox)
    with client_of(sandbox, transport, PLAIN) as client:
        found = list(client.prospect_notes.window(CONTRACT, NOON - 1_001, NOON))
    assert {note.id for note in found} == _ids(sandbox)


def test_named_owners_alone_are_asked_for_in_a_crowded_millisecond(sandbox: Sandbox):
    recruiters = Recruiters(sandbox, seats=4)
    harvest(sandbox, recruiters, 600, NOON - 1_000, NOON - 999)
    owners = [f"urn:li:seat:{seat}" for seat in recruiters.seats[:3]]
    with client_of(sandbox, InProcess(sandbox), PLAIN) as client:
        found = list(client.prospect_notes.window(CONTRACT, NOON - 1_001, NOON, owners=owners))
    assert {note.owner for note in found} == set(owners) and len(found) == 450


def test_a_contract_of_somebody_else(sandbox: Sandbox):
    with client_of(sandbox, InProcess(sandbox)) as client, pytest.raises(Forbidden):
        next(client.prospect_notes.find("urn:li:contract:1"))


@pytest.mark.parametrize(
    "make",
    [
        lambda: notes_call(CONTRACT, [f"urn:li:seat:{n}" for n in range(1_001)], None, None),
        lambda: notes_call(CONTRACT, (), None, None, 101),
        lambda: seats_call(CONTRACT, (), 0),
    ],
)
def test_what_no_request_can_ask_for(make: Callable[[], Any]):
    with pytest.raises(ConfigurationError, match="expected"):
        make()


# -- scripted answers


def page(http: Any, ids: list[int], *, next: str | None = None, total: int | None = None, **paging: int) -> Any:
    links = [{"rel": "prev", "href": "/p"}, *([{"rel": "next", "href": next}] if next else [])]
    body = {"start": 0, "count": 2, "links": links, **({} if total is None else {"total": total}), **paging}
    elements = [{"id": id, "lastModified": id} for id in ids]
    return http(200, {"elements": elements, "paging": body})


def walked(walk: PageWalk) -> Any:
    """Every id of a walk, as a flow."""
    found: list[Any] = []
    while (got := (yield from walk.advance())) is not None:
        found += [getattr(element, "id", None) for element in got.elements]
    return found


@pytest.mark.parametrize(
    ("answers", "ids", "targets"),
    [
        ([([], {})], [], 1),
        ([([1], {})], [1], 1),
        # No link, a full page: on by index until there is no more.
        ([([1, 2], {}), ([], {})], [1, 2], 2),
        ([([1, 2], {}), ([3], {"start": 2})], [1, 2, 3], 2),
        ([([1, 2], {"total": 2})], [1, 2], 1),
        # The effective count is the platform's word.
        ([([1], {"count": 1}), ([2], {"count": 1, "start": 1, "total": 2})], [1, 2], 2),
        # A total that shrank under us does not end a walk that has a link; an empty page does.
        ([([1, 2], {"next": "/v2/x?a", "total": 1}), ([3], {"total": 1, "start": 2})], [1, 2, 3], 2),
        ([([1, 2], {"next": "/v2/x?a"}), ([], {"next": "/v2/x?b", "start": 2})], [1, 2], 2),
        # A short page with a link goes on.
        ([([1], {"next": "https://api.test/v2/x?a"}), ([3], {"start": 2})], [1, 3], 2),
    ],
)
def test_when_a_walk_ends(stage_of: Any, http: Any, answers: list[Any], ids: list[int], targets: int):
    stage = stage_of()
    played = stage.play(walked(PageWalk(stage.session, CALL)), *(page(http, each, **more) for each, more in answers))
    assert played.error is None and (played.result, len(played.requests)) == (ids, targets)


def test_a_next_link_is_followed_as_it_is(stage_of: Any, http: Any):
    stage = stage_of()
    href = "/v2/prospectNotes?%7e=odd&start=7&contract=urn%3ali%3acontract%3a1234567"
    played = stage.play(walked(PageWalk(stage.session, CALL)), page(http, [1, 2], next=href), page(http, []))
    assert played.requests[1].target == href


@pytest.mark.parametrize(
    "href", ["https://evil.test/v2/x", "//evil.test/x", "v2/x", "", "/x y", "/x#y", "https://api.test.evil/x", "/\x85"]
)
def test_a_next_link_leads_nowhere_else(stage_of: Any, http: Any, href: str):
    stage = stage_of()
    played = stage.play(walked(PageWalk(stage.session, CALL)), page(http, [1, 2], next=href or " "))
    assert isinstance(played.error, ProtocolError) and len(played.requests) == 1


def test_a_next_link_that_leads_in_a_circle(stage_of: Any, http: Any):
    stage = stage_of()
    answers = [
        page(http, [1, 2], next="/v2/x?a"),
        page(http, [3, 4], next="/v2/x?b"),
        page(http, [1, 2], next="/v2/x?a"),
    ]
    played = stage.play(walked(PageWalk(stage.session, CALL)), *answers)
    assert isinstance(played.error, ProtocolError) and "followed before" in str(played.error)


def test_a_base_path_is_put_before_a_link_once(stage_of: Any, http: Any):
    from dataclasses import replace

    from hirewire.client.session import Address

    stage = stage_of()
    session = replace(stage.session, api=Address("https://api.test", "/proxy"))
    answers = [page(http, [1, 2], next="/v2/x?a"), page(http, [3, 4], next="/proxy/v2/x?b"), page(http, [])]
    played = stage.play(walked(PageWalk(session, CALL)), *answers)
    assert [request.target for request in played.requests[1:]] == ["/proxy/v2/x?a", "/proxy/v2/x?b"]


def window_of(walk: WindowWalk) -> Any:
    found: list[ProspectNote] = []
    while (notes := (yield from walk.advance())) is not None:
        found += notes
    return [note.id for note in found]


def test_who_may_not_see_seats_reads_a_crowded_millisecond_until_two_passes_agree(stage_of: Any, http: Any):
    stage = stage_of()
    walk = WindowWalk.of(stage.session, CONTRACT, Window(4, 5), ())
    denied = http(403, {"status": 403, "code": "ACCESS_DENIED", "message": "no"})
    answers = [page(http, [1, 2]), denied]
    answers += [page(http, [1, 2]), page(http, [3], start=2)] + 2 * [page(http, [2, 3]), page(http, [4], start=2)]
    played = stage.play(window_of(walk), *answers)
    assert played.error is None and played.result == [1, 2, 3, 4]


def test_a_millisecond_that_never_settles_is_given_up(stage_of: Any, http: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(finding, "PASSES_MAX", 3)
    stage = stage_of()
    walk = WindowWalk.of(stage.session, CONTRACT, Window(4, 5), ["urn:li:seat:1"])
    answers = [page(http, [1, 2]), page(http, [1, 2]), *(page(http, [number]) for number in (1, 2, 3))]
    played = stage.play(window_of(walk), *answers)
    assert isinstance(played.error, ProtocolError) and "changed" in str(played.error)


def test_a_page_with_room_whose_total_says_more_is_not_believed(stage_of: Any, http: Any):
    stage = stage_of()
    walk = WindowWalk.of(stage.session, CONTRACT, Window(0, 2), ())
    played = stage.play(window_of(walk), page(http, [2], total=2), page(http, [1]), page(http, [2]))
    assert played.result == [1, 2]
