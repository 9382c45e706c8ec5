"""Prospect notes as a partner finds them: windows, owners, order, pages and their links; seats; the throttle of both."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest

from hirewire.catalog.seats import SeatState
from hirewire.platform.prospect_notes import Harvest
from hirewire.platform.rules import LimitRules, PagingMode, Rules
from tests.platform.exchanges import exchanges, with_token
from tests.platform.recruiters import CONTRACT, Recruiters, find, ids, next_of, walk
from tests.platform.sandbox import NOON, Caller, Sandbox

HOURS_12_MS = 12 * 3_600_000
PLAIN = Rules(paging=PagingMode.PLAIN)


@pytest.fixture
def recruiters(each_sandbox: Sandbox) -> Recruiters:
    return Recruiters(each_sandbox)


@pytest.fixture
def caller(each_sandbox: Sandbox) -> Caller:
    return each_sandbox.caller(contract=CONTRACT)


def write_many(recruiters: Recruiters, count: int, seats: int = 1, step_s: float = 0.001) -> list[int]:
    """Notes one after the other, a millisecond apart, by the seats in turn."""
    written = []
    for number in range(count):
        written.append(recruiters.write(f"note {number}", seat=number % seats).id)
        recruiters.sandbox.clock.advance(step_s)
    return written


# -- as documented


def test_the_printed_sample(each_sandbox: Sandbox):
    (exchange,) = exchanges("prospect_notes")
    recruiters = Recruiters(each_sandbox)
    recruiters.seats = [recruiters.seat("123456789"), recruiters.seat("987654321")]
    # The sample's moment lies years before the sandbox's: the rows are made up there.
    harvest = Harvest(1234567, [123456789], [recruiters.prospect], 0, 1489192512000, 1489192513001, 10, 0, 9)
    each_sandbox.database.write_now(lambda tx: each_sandbox.stores.prospect_notes.harvest(tx, harvest))
    caller = each_sandbox.caller(contract=CONTRACT)
    request = exchange.request
    answer = each_sandbox.send(request.verb, request.target, with_token(request.headers, caller.token))
    assert answer.status == exchange.status
    assert answer.json["paging"] == exchange.answer["paging"]
    assert len(answer.json["elements"]) == 5
    (documented,) = exchange.answer["elements"]
    for element in answer.json["elements"]:
        assert {name: type(value) for name, value in element.items()} == {
            name: type(value) for name, value in documented.items()
        }
        assert element["owner"] == documented["owner"] and element["contract"] == documented["contract"]


def test_a_note_as_it_is_found(recruiters: Recruiters, caller: Caller):
    note = recruiters.write("Speaks \U0001f600 & \0 'SQL'")
    (element,) = find(caller).json["elements"]
    assert element == {
        "active": True,
        "contract": CONTRACT,
        "created": NOON,
        "id": note.id,
        "lastModified": NOON,
        "member": f"urn:li:person:{recruiters.prospect}",
        "note": "Speaks \U0001f600 & \0 'SQL'",
        "owner": f"urn:li:seat:{recruiters.seats[0]}",
    }
    assert find(caller, "fields=id,note").json["elements"] == [{"id": note.id, "note": element["note"]}]


# -- which notes, in which order


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2, 3]),
        ("cutoffDate={0}", [1, 2, 3]),
        ("beforeDate={2}", [0, 1, 2]),
        ("cutoffDate={0}&beforeDate={2}", [1, 2]),
        ("cutoffDate={2}&beforeDate={2}", []),
        ("cutoffDate={3}&beforeDate={0}", []),
        ("cutoffDate=-9223372036854775808&beforeDate=9223372036854775807", [0, 1, 2, 3]),
        ("cutoffDate=9223372036854775807", []),
        ("owners={a}", [0, 2]),
        ("owners={b}&owners={a}", [0, 1, 2, 3]),
        ("owners[0]={b}&cutoffDate={1}", [3]),
        ("owners={a}&owners={a}", [0, 2]),
        ("owners=urn:li:seat:9999999999999999999", []),
        ("owners=urn:li:seat:5", []),
        ("owners=urn:li:seat:5&owners={b}", [1, 3]),
        ("owners=", [0, 1, 2, 3]),
        ("start=1&count=2", [1, 2]),
        ("start=1", [1, 2, 3]),
        ("start=4", []),
        ("start=2000000000", []),
        ("start=1&owners={a}", [2]),
        ("start=2&owners={a}&owners={b}&count=1", [2]),
        ("count=0", []),
        ("start=&count=", [0, 1, 2, 3]),
    ],
)
def test_a_window(recruiters: Recruiters, caller: Caller, query: str, found: list[int]):
    written = write_many(recruiters, 4, seats=2)
    a, b = (f"urn:li:seat:{seat}" for seat in recruiters.seats)
    answer = find(caller, query.format(*(NOON + number for number in range(4)), a=a, b=b))
    assert [written.index(id) for id in ids(answer)] == found


def test_the_bounds_read_and_write_alike_under_protocol_2(recruiters: Recruiters, caller: Caller):
    written = write_many(recruiters, 3, seats=2)
    owners = ",".join(quote(f"urn:li:seat:{seat}") for seat in recruiters.seats)
    query = f"owners=List({owners})&count=2&cutoffDate={NOON - 1}"
    answer = find(caller, query, quote(CONTRACT), X_RestLi_Protocol_Version="2.0.0")
    assert ids(answer) == written[:2]
    href = next_of(answer)
    assert href is not None
    assert ids(caller.send("GET", href, X_RestLi_Protocol_Version="2.0.0")) == written[2:]


def test_an_edit_and_a_deletion_move_a_note_to_a_later_window(recruiters: Recruiters, caller: Caller):
    first, second, third = write_many(recruiters, 3)
    recruiters.edit(first, "other words", seat=1)
    deleted = recruiters.delete(second)
    elements = find(caller).json["elements"]
    assert [(each["id"], each["active"], each["note"]) for each in elements] == [
        (third, True, "note 2"),
        (first, True, "other words"),
        (second, False, "note 1"),
    ]
    assert elements[2]["lastModified"] == deleted.last_modified == NOON + 3
    assert elements[1]["created"] == NOON and elements[1]["owner"].endswith(recruiters.seats[0])


def test_every_change_of_one_note_has_a_moment_of_its_own(recruiters: Recruiters):
    note = recruiters.write()
    moments = [recruiters.edit(note.id, str(number)).last_modified for number in range(3)]
    moments.append(recruiters.delete(note.id).last_modified)
    assert moments == [NOON + 1, NOON + 2, NOON + 3, NOON + 4]


@pytest.mark.parametrize(
    ("target", "status", "field"),
    [
        ("q=criteria", 400, "contract"),
        ("q=criteria&contract=", 400, "contract"),
        ("q=criteria&contract=1234567", 400, "contract"),
        ("q=criteria&contract=urn:li:organization:12345", 400, "contract"),
        ("q=criteria&contract=urn:li:contract:x", 400, "contract"),
        ("q=criteria&contract=urn:li:contract:1&contract=urn:li:contract:1234567", 400, "contract"),
        ("q=criteria&contract=urn:li:contract:1", 403, None),
        ("q=criteria&contract=urn:li:contract:01234567", 403, None),
        (f"q=criteria&contract={CONTRACT}&owners=5", 400, "owners"),
        (f"q=criteria&contract={CONTRACT}&owners=urn:li:person:5", 400, "owners"),
        (f"q=criteria&contract={CONTRACT}&beforeDate=soon", 400, "beforeDate"),
        (f"q=criteria&contract={CONTRACT}&cutoffDate=9223372036854775808", 400, "cutoffDate"),
        (f"q=criteria&contract={CONTRACT}&start=-1", 400, None),
        (f"q=criteria&contract={CONTRACT}&count=x", 400, None),
        (f"q=other&contract={CONTRACT}", 400, "q"),
        (f"contract={CONTRACT}", 405, None),
    ],
)
def test_what_is_refused(each_sandbox: Sandbox, caller: Caller, target: str, status: int, field: str | None):
    answer = caller.send("GET", f"/v2/prospectNotes?{target}")
    assert answer.status == status, answer.body
    if field is not None:
        (fault,) = answer.json["errorDetails"]["inputErrors"]
        assert fault["input"]["inputPath"]["fieldPath"] == field
    if status == 403:
        assert "prospectNotes.FINDER-criteria.NO_VERSION" in answer.json["message"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        (f"beforeDate={NOON}", 400),
        (f"cutoffDate={NOON}", 400),
        (f"cutoffDate={NOON - HOURS_12_MS - 1}&beforeDate={NOON}", 400),
        (f"cutoffDate={NOON - HOURS_12_MS}&beforeDate={NOON}", 200),
        (f"cutoffDate={NOON}&beforeDate={NOON - 1}", 200),
    ],
)
def test_strict_windows(sandbox: Sandbox, query: str, status: int):
    strict = sandbox.caller(contract=CONTRACT, rules=Rules(strict_windows=True))
    assert find(strict, query).status == status
    lenient = sandbox.caller(contract=CONTRACT, client_id="lenient")
    assert find(lenient, query).status == 200


def test_a_refused_window_is_charged_and_journalled(sandbox: Sandbox):
    strict = sandbox.caller(contract=CONTRACT, rules=Rules(strict_windows=True))
    assert find(strict).code == "PARAM_INVALID"
    assert sandbox.usage(strict.client_id, "recruiter_prospect_interactions")[0] == 1
    assert sandbox.journal()[0].code == "PARAM_INVALID"


# -- pages


@pytest.mark.parametrize("rules", [None, PLAIN], ids=["continued", "plain"])
def test_the_links_of_pages(each_sandbox: Sandbox, recruiters: Recruiters, rules: Rules | None):
    caller = each_sandbox.caller(contract=CONTRACT, rules=rules)
    written = write_many(recruiters, 5)
    first = find(caller, "count=2")
    assert first.json["paging"] == {
        "start": 0,
        "count": 2,
        "total": 5,
        "links": [
            {
                "rel": "next",
                "href": "/v2/prospectNotes?contract=urn%3Ali%3Acontract%3A1234567&count=2&q=criteria&start=2",
                "type": "application/json",
            }
        ],
    }
    second = caller.send("GET", str(next_of(first)))
    assert [link["rel"] for link in second.json["paging"]["links"]] == ["prev", "next"]
    third = caller.send("GET", str(next_of(second)))
    assert (ids(third), next_of(third)) == ([written[4]], None)
    back = third.json["paging"]["links"][0]["href"]
    assert ids(caller.send("GET", back)) == written[2:4]


def test_a_full_last_page_has_a_next_that_is_empty(recruiters: Recruiters, caller: Caller):
    written = write_many(recruiters, 4)
    assert walk(caller, "count=2") == written
    assert ids(find(caller, "start=4&count=2")) == []
    assert next_of(find(caller, "start=4&count=2")) is None


def test_a_page_holds_a_hundred_at_most_and_says_so(recruiters: Recruiters, caller: Caller):
    write_many(recruiters, 101, step_s=0)
    answer = find(caller, "count=1000")
    assert (len(ids(answer)), answer.json["paging"]["count"], answer.json["paging"]["total"]) == (100, 100, 101)
    assert len(ids(caller.send("GET", str(next_of(answer))))) == 1
    assert find(caller).json["paging"]["count"] == 10


def test_notes_of_one_millisecond_come_by_id_over_pages(recruiters: Recruiters, caller: Caller):
    written = write_many(recruiters, 25, seats=2, step_s=0)
    assert walk(caller, "count=4") == written
    owners = "&".join(f"owners=urn:li:seat:{seat}" for seat in recruiters.seats)
    assert walk(caller, f"count=4&{owners}") == written


def test_a_walk_misses_nothing_while_what_it_has_passed_moves_away(recruiters: Recruiters, caller: Caller):
    written = write_many(recruiters, 20)
    window = f"cutoffDate={NOON - 1}&beforeDate={NOON + 19}&count=3"
    passed = iter(written)
    assert walk(caller, window, between=lambda: recruiters.edit(next(passed))) == written


def test_a_plain_walk_misses_what_moved_into_a_page_it_has_passed(recruiters: Recruiters, each_sandbox: Sandbox):
    caller = each_sandbox.caller(contract=CONTRACT, rules=PLAIN)
    written = write_many(recruiters, 20)
    window = f"cutoffDate={NOON - 1}&beforeDate={NOON + 19}&count=3"
    passed = iter(written)
    assert set(written) - set(walk(caller, window, between=lambda: recruiters.edit(next(passed))))


def test_pages_are_remembered_by_application_and_query_for_an_hour(recruiters: Recruiters, each_sandbox: Sandbox):
    first = each_sandbox.caller(contract=CONTRACT)
    second = each_sandbox.caller(contract=CONTRACT, client_id="second")
    written = write_many(recruiters, 6)
    window = f"beforeDate={NOON + 6}&count=2"
    assert ids(find(first, window)) == written[:2]
    recruiters.edit(written[0])
    assert ids(find(first, f"{window}&start=2")) == written[2:4]
    assert ids(find(second, f"{window}&start=2")) == written[3:5]
    assert ids(find(first, f"{window}&start=2&owners=urn:li:seat:{recruiters.seats[0]}")) == written[3:5]
    again = Sandbox(each_sandbox.database)  # the platform after a restart, or another process of it
    answer = again.send(*first.request("GET", f"/v2/prospectNotes?q=criteria&contract={CONTRACT}&{window}&start=2"))
    again.close()
    assert ids(answer) == written[2:4]
    each_sandbox.clock.advance(3_600)
    first.token = each_sandbox.token(first.made)
    assert ids(find(first, f"{window}&start=2")) == written[3:5]


@pytest.mark.parametrize(("count", "total"), [(10_000, 10_000), (10_001, None)])
def test_the_total_is_exact_or_left_out(each_sandbox: Sandbox, recruiters: Recruiters, count: int, total: int | None):
    caller = each_sandbox.caller(contract=CONTRACT)
    seats = [int(seat) for seat in recruiters.seats]
    harvest = Harvest(1234567, seats, [recruiters.prospect], 0, NOON, NOON + 100_000, count, 0, count - 1)
    each_sandbox.database.write_now(lambda tx: each_sandbox.stores.prospect_notes.harvest(tx, harvest))
    for query in ("", f"owners=urn:li:seat:{seats[0]}&owners=urn:li:seat:{seats[1]}"):
        assert find(caller, query).json["paging"].get("total") == total


# -- whose


def test_an_application_sees_its_own_contracts_only(each_sandbox: Sandbox, recruiters: Recruiters):
    other = Recruiters(each_sandbox, "urn:li:contract:77", "urn:li:organization:678")
    mine, theirs = recruiters.write("mine"), other.write("theirs")
    caller = each_sandbox.caller(contract=CONTRACT)
    stranger = each_sandbox.caller("urn:li:organization:678", contract=other.contract, client_id="stranger")
    assert (ids(find(caller)), ids(find(stranger, contract=other.contract))) == ([mine.id], [theirs.id])
    for who, contract in ((caller, other.contract), (stranger, CONTRACT)):
        assert find(who, contract=contract).code == "ACCESS_DENIED"
        assert seats(who, f"contracts={contract}").code == "ACCESS_DENIED"
    both = f"contracts={CONTRACT}&contracts={other.contract}"
    assert seats(caller, both).status == 403


# -- seats


def seats(caller: Caller, query: str, path: str = "/v2/seatsV2?q=attributes&start=0"):
    return caller.send("GET", f"{path}&{query}")


def test_a_seat_in_every_view(recruiters: Recruiters, caller: Caller):
    seat = recruiters.find_seat(recruiters.seats[0])
    assert seat is not None
    common = {
        "firstName": "Ann",
        "lastName": "Lee",
        "contract": CONTRACT,
        "member": f"urn:li:person:{seat.holder.id}",
        "state": "ACTIVE",
        "seatRoles": ["RECRUITER"],
    }
    wanted = f"contracts={CONTRACT}&count=1"
    v2 = {"id": seat.id, "created": {"time": NOON}, **common}
    assert seats(caller, wanted).json["elements"] == [v2]
    rest = seats(caller, wanted, "/rest/seatsV2?q=attributes&start=0").json["elements"]
    assert rest == [{"seatId": seat.id, "createdAt": {"time": NOON}, **common}]
    legacy = seats(caller, f"{wanted}&fields=id&active=true", "/v2/seats?q=seatsByAttributes")
    assert legacy.json["elements"] == [{"id": seat.id}]
    assert next_of(legacy) == (
        "/v2/seats?active=true&count=1&fields=id&q=seatsByAttributes&start=1&contracts=urn%3Ali%3Acontract%3A1234567"
    )


@pytest.mark.parametrize(
    ("query", "path", "found"),
    [
        ("", "", [0, 1, 2, 3]),
        ("states=ACTIVE", "", [0, 1]),
        ("states=PARKED&states=INVITED", "", [2, 3]),
        ("count=3", "", [0, 1, 2]),
        ("active=true", "/v2/seats?q=seatsByAttributes", [0, 1]),
        ("active=false", "/v2/seats?q=seatsByAttributes", [2, 3]),
        ("start=3", "/v2/seats?q=seatsByAttributes", [3]),
    ],
)
def test_which_seats(recruiters: Recruiters, caller: Caller, query: str, path: str, found: list[int]):
    highest = max(map(int, recruiters.seats))
    more = [recruiters.seat(str(highest + 1), SeatState.PARKED), recruiters.seat(str(highest + 2), SeatState.INVITED)]
    everyone = sorted(map(int, [*recruiters.seats, *more]))
    wanted = f"contracts={CONTRACT}&{query}"
    answer = seats(caller, wanted, path) if path else seats(caller, wanted)
    assert [everyone.index(id) for id in ids(answer)] == found


@pytest.mark.parametrize(
    ("target", "field"),
    [
        (f"/v2/seatsV2?q=attributes&contracts={CONTRACT}", "start"),
        ("/v2/seatsV2?q=attributes&start=0", "contracts"),
        ("/rest/seatsV2?q=attributes&start=0&contracts=1", "contracts[0]"),
        (f"/v2/seatsV2?q=attributes&start=0&contracts={CONTRACT}&states=GONE", "states"),
        (f"/v2/seats?q=seatsByAttributes&contracts={CONTRACT}&active=yes", "active"),
    ],
)
def test_what_finding_seats_refuses(caller: Caller, target: str, field: str):
    answer = caller.send("GET", target)
    assert (answer.status, answer.code) == (400, "PARAM_INVALID"), answer.body
    assert field.partition("[")[0] in answer.json["message"]


def test_notes_and_seats_are_counted_together(make_sandbox: Callable[..., Sandbox]):
    sandbox = make_sandbox()
    limit = LimitRules(requests_per_day=3)
    caller = sandbox.caller(contract=CONTRACT, rules=Rules(limits={"prospect_notes": limit, "seats": limit}))
    assert find(caller).status == 200
    assert seats(caller, f"contracts={CONTRACT}").status == 200
    assert seats(caller, f"contracts={CONTRACT}", "/v2/seats?q=seatsByAttributes").status == 200
    answer = find(caller)
    assert (answer.status, answer.json["serviceErrorCode"]) == (429, 101)
    assert seats(caller, f"contracts={CONTRACT}").status == 429
    assert sandbox.usage(caller.client_id, "recruiter_prospect_interactions")[0] == 3
    assert caller.put({"id": "1"}).status == 200
