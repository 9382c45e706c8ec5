"""The clients against the platform itself, over a real socket, in every generation and protocol."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from hirewire.catalog.application_notes import Actor, ApplicationNote, ApplicationNoteKey
from hirewire.catalog.applications import ATS_APPLICATIONS, ApplicationKey
from hirewire.catalog.call import BatchReply, Call, Outcome
from hirewire.catalog.digest import ContentDigest
from hirewire.catalog.generations import Generation
from hirewire.catalog.integration_configurations import IntegrationConfiguration, IntegrationConfigurationKey
from hirewire.catalog.integration_types import ALL_PRODUCT_USERS
from hirewire.catalog.provisioned_applications import ProvisionedApplication
from hirewire.client.errors import (
    ConfigurationError,
    Conflict,
    Forbidden,
    InvalidRequest,
    PartialFailure,
    Throttled,
    Unauthorized,
    Unreachable,
    VersionError,
)
from hirewire.client.results import BatchResult, GetResult
from hirewire.db import open_database
from hirewire.platform.serve import Server, listen
from hirewire.runtime.clock import ManualClock
from hirewire.values.time import DAY_MS, Millis
from hirewire.wire.methods import Method
from hirewire.wire.protocol import Protocol
from tests.platform.sandbox import NOON, ORGANIZATION, OTHER_ORGANIZATION, Sandbox

NASTY = [
    "a b",
    "a&b=c",
    "(a:b,c)",
    "'%25'",
    "a%2Fb/c?d#e",
    "\u00e9\u4e2d\U0001f600",
    "[0].x~y;z",
    "+*.-_$!@",
    'a"b<c>{d}|\\^`',
]


def result_of(error: Any) -> BatchResult[Any]:
    """What a call achieved before it failed."""
    result = error.result
    assert isinstance(result, BatchResult)
    return result


@dataclass
class SharedClock:
    """The platform's own clock; whoever waits on it moves it."""

    clock: ManualClock

    def now(self) -> Millis:
        return self.clock.now()

    def monotonic(self) -> float:
        return self.clock.monotonic()

    def pause(self, seconds: float) -> None:
        self.clock.advance(seconds)

    async def sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)


@dataclass
class World:
    """A platform on a socket, and how to call it."""

    sandbox: Sandbox
    url: str
    drive_of: Callable[..., Any]

    def drive(self, made: Any = None, **settings: Any) -> Any:
        made = made or self.sandbox.provision()
        keys = {"client_id": made.client_id, "client_secret": made.client_secret}
        return self.drive_of(self.url, **{**keys, "clock": SharedClock(self.sandbox.clock), **settings})

    def notes(self) -> dict[ApplicationNoteKey, dict[str, Any]]:
        """What the platform holds."""
        parts = ApplicationNoteKey._fields
        listed = ({**each} for each in self.sandbox.notes())
        return {ApplicationNoteKey(*(each.pop(part) for part in parts)): each for each in listed}


@pytest.fixture
def world_of(sqlite_url: str, drive_of: Callable[..., Any]) -> Iterator[Callable[..., World]]:
    database = open_database(sqlite_url)
    running: list[tuple[Sandbox, Server, threading.Thread]] = []

    def make(**settings: Any) -> World:
        sandbox = Sandbox(database, **settings)
        listener = listen("127.0.0.1", 0)
        server = Server(sandbox.platform, listener, sandbox.log, ready.set_url)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        running.append((sandbox, server, thread))
        ready.happened.wait()
        ready.happened.clear()
        return World(sandbox, ready.url, drive_of)

    ready = _Ready()
    yield make
    for sandbox, server, thread in running:
        server.should_exit = True
        thread.join()
        sandbox.close()
    database.close()


class _Ready:
    def __init__(self) -> None:
        self.happened = threading.Event()
        self.url = ""

    def set_url(self, url: str) -> None:
        self.url = url
        self.happened.set()


def note(text: str = "x", at: int = NOON - 1) -> ApplicationNote:
    return ApplicationNote(note=text, author=Actor(first_name="A", last_name="B"), created_at=at, last_modified_at=at)


def key(application: str = "app", number: object = 1) -> ApplicationNoteKey:
    return ApplicationNoteKey(ORGANIZATION, application, f"n{number}")


@pytest.fixture
def drive(world_of: Callable[..., World], dialect: tuple[Generation, Protocol]) -> tuple[World, Any]:
    """A world, and a client in it that speaks one of the dialects."""
    world = world_of()
    return world, world.drive(generation=dialect[0], protocol=dialect[1])


def digest_of(notes: dict[ApplicationNoteKey, ApplicationNote]) -> str:
    digest = ContentDigest()
    for each, value in notes.items():
        digest.add(each, value)
    return digest.hexdigest()


def test_notes_arrive_and_go(drive: tuple):
    world, client = drive
    assert client(lambda it: it.application_notes.upsert({key(): note("first"), key(number=2): note()})).ok
    assert client(lambda it: it.application_notes.upsert([(key(), note("second"))])).ok
    assert world.notes()[key()]["note"] == "second"
    gone = client(lambda it: it.application_notes.delete([key(), key(number=9)]))
    assert (gone.ok, gone.missing) == (True, (key(number=9),))
    assert list(world.notes()) == [key(number=2)]


def test_keys_of_any_characters_arrive_as_they_are(drive: tuple):
    world, client = drive
    wanted = {ApplicationNoteKey(ORGANIZATION, a, b): note(f"{a} {b}") for a in NASTY for b in NASTY}
    result = client(lambda it: it.application_notes.upsert(wanted))
    assert result.ok and result.unasked == () and set(result.succeeded) == set(wanted)
    assert {each: held["note"] for each, held in world.notes().items()} == {
        each: it.note for each, it in wanted.items()
    }
    assert client(lambda it: it.application_notes.delete(wanted)).missing == ()
    assert world.notes() == {}


def test_hundreds_of_notes_arrive_complete(drive: tuple):
    world, client = drive
    wanted = {key(f"app {n % 3}", n): note("\u00e9" * (n + 1)) for n in range(250)}
    result = client(lambda it: it.application_notes.upsert(wanted))
    assert result.ok and len(result.responses) == 3 and len(set(result.request_ids)) == 3
    assert len(world.notes()) == 250


def test_the_content_is_the_same_on_both_sides(world_of: Callable):
    world = world_of()
    wanted = {key("app", n): note(f"text {n}") for n in range(30)}
    world.drive()(lambda it: it.application_notes.upsert(wanted))
    assert world.sandbox.digest() == digest_of(wanted)


def test_bad_records_fail_alone_with_or_without_our_own_check(drive: tuple):
    world, client = drive
    bad = {
        key(number="foreign")._replace(integration_context=OTHER_ORGANIZATION): note(),
        key(number="author"): ApplicationNote(
            note="x", author=Actor(first_name=" ", last_name="b"), created_at=1, last_modified_at=1
        ),
    }
    del bad[next(iter(bad))]  # in v2 a foreign context stands in the path and refuses the whole request
    for check_first in (True, False):
        result = client(
            lambda it, check=check_first: it.with_options(check_first=check).application_notes.upsert(
                {**bad, key(): note()}
            )
        )
        assert (result.succeeded, set(result.failed)) == ((key(),), set(bad))
        assert {refusal.code for refusal in result.failed.values()} == {"INVALID_VALUE_BLANK_FIELD"}


def test_a_foreign_context_is_refused_by_key_on_rest_and_as_a_whole_in_v2(world_of: Callable):
    world = world_of()
    made = world.sandbox.provision()
    changes = {key()._replace(integration_context=OTHER_ORGANIZATION): note(), key(): note()}
    result = world.drive(made)(lambda it: it.application_notes.upsert(changes))
    assert [refusal.status for refusal in result.failed.values()] == [403] and result.succeeded == (key(),)
    with pytest.raises(Forbidden) as caught:
        world.drive(made, generation="v2")(lambda it: it.application_notes.upsert(changes))
    assert len(result_of(caught.value).not_applied) == 2 and caught.value.request_id


def test_a_stale_write_in_strict_mode_is_refused_once(world_of: Callable):
    world = world_of(write_mode="strict")
    client = world.drive()
    client(lambda it: it.application_notes.upsert({key(): note(at=NOON - 10)}))
    result = client(lambda it: it.application_notes.upsert({key(): note(at=NOON - 20)}))
    assert result.failed[key()].status == 409 and len(result.responses) == 1


def test_a_full_minute_is_waited_for(world_of: Callable):
    world = world_of(limits={"application_notes": {"records_per_minute": 150}})
    result = world.drive()(lambda it: it.application_notes.upsert({key("app", n): note() for n in range(200)}))
    assert result.ok and len(world.notes()) == 200
    assert world.sandbox.clock.now() >= NOON + 60_000


def test_a_spent_day_is_told(world_of: Callable):
    world = world_of(limits={"application_notes": {"requests_per_day": 1}})
    with pytest.raises(Throttled) as caught:
        world.drive()(lambda it: it.application_notes.upsert({key("app", n): note() for n in range(200)}))
    assert caught.value.until == NOON + DAY_MS // 2
    assert (len(result_of(caught.value).succeeded), len(result_of(caught.value).not_applied)) == (100, 100)


def test_an_expired_token_is_renewed_unseen(world_of: Callable):
    world = world_of(token_lifetime_s=60)
    client = world.drive()
    for _ in range(3):
        assert client(lambda it: it.application_notes.upsert({key(): note()})).ok
        world.sandbox.clock.advance(45)


def test_a_revoked_token_is_renewed_unseen(world_of: Callable):
    world = world_of()
    made = world.sandbox.provision()
    client = world.drive(made)
    client(lambda it: it.token())
    world.sandbox.administration.rotate(made.client_id, made.client_secret, NOON, revoke_tokens=True)
    assert client(lambda it: it.application_notes.upsert({key(): note()})).ok


def test_wrong_credentials_and_versions_are_told_apart(world_of: Callable):
    world = world_of()
    made = world.sandbox.provision()
    act = lambda it: it.application_notes.delete([key()])  # noqa: E731 - the same call three times
    for keys in ({"client_secret": "wrong"}, {"client_id": "0000000000"}):
        with pytest.raises(Unauthorized):
            world.drive(made, **keys)(act)
    with pytest.raises(VersionError) as caught:
        world.drive(made, version="203001")(act)
    assert caught.value.code == "NONEXISTENT_VERSION"


def test_any_call_of_the_catalog_can_be_made(world_of: Callable):
    world = world_of()
    client = world.drive()
    client(lambda it: it.application_notes.upsert({key(): note(), key(number=2): note()}))
    application = ApplicationKey(ORGANIZATION, "app")
    answer = client(lambda it: it.call(Call(ATS_APPLICATIONS, Method.BATCH_DELETE, {application: None}), timeout=9))
    assert answer.reply == BatchReply({application: Outcome(204)}) and answer.response.status == 200
    assert answer.http_date == NOON and answer.request_id and world.notes() == {}


def test_any_request_can_be_made_by_hand(world_of: Callable):
    world = world_of()
    query = "ids=List((externalJobApplicationId:a,externalNoteId:b,integrationContext:urn%3Ali%3Aorganization%3A12345))"
    answer = world.drive()(lambda it: it.request("DELETE", "/rest/applicationNotes", params=query, timeout=9))
    assert (answer.status, [each["status"] for each in answer.json()["errors"].values()]) == (200, [404])


# ---------------------------------------------------------------- provisioned applications


@pytest.mark.parametrize("protocol", Protocol)
def test_a_parent_provisions_a_child(protocol: Protocol, world_of: Callable):
    world = world_of()
    parent = world.drive(world.sandbox.provision(None, is_parent=True), protocol=protocol)
    wish = ProvisionedApplication(
        unique_foreign_id="acme", name="ATS - Acme", description="d", js_domains=("https://a",)
    )
    child = parent(lambda it: it.provisioned_applications.create(wish))
    assert child.credentials.client_secret and child.key.startswith("urn:li:developerApplication:")
    update = {"name": "Renamed", "description": None}
    assert parent(lambda it: it.provisioned_applications.update(child.key, **update)) is None
    (found,) = parent(lambda it: it.provisioned_applications.find("acme"))
    assert (found.name, found.description, found.js_domains, found.key) == ("Renamed", None, ("https://a",), child.key)
    assert (found.credentials.client_id, found.credentials.client_secret) == (child.credentials.client_id, None)
    assert parent(lambda it: it.provisioned_applications.find("nobody")) == ()
    with pytest.raises(Conflict):
        parent(lambda it: it.provisioned_applications.create(wish))
    with pytest.raises(InvalidRequest):
        parent(lambda it: it.provisioned_applications.update("urn:li:developerApplication:99999", name="x"))
    with pytest.raises(ConfigurationError, match="nothing to update"):
        parent(lambda it: it.provisioned_applications.update(child.key))


def test_a_child_provisions_nothing(world_of: Callable):
    with pytest.raises(Forbidden):
        world_of().drive()(lambda it: it.provisioned_applications.find("acme"))


# ---------------------------------------------------------------- integration configurations


def setting(name: str, kind: str = "ONE_CLICK_EXPORT", context: str = ORGANIZATION) -> IntegrationConfigurationKey:
    return IntegrationConfigurationKey(context, kind, "RECRUITER", name)


CALLBACK, JOBS, NOTES = (
    setting("CALLBACK_URL"),
    setting("JOB_POSTING_VIEWERS"),
    setting("APPLICATION_VIEWERS", "IN_ATS_INDICATOR"),
)
EVERYBODY = IntegrationConfiguration(ALL_PRODUCT_USERS)


def test_configurations_are_set_read_back_and_deleted(drive: tuple):
    _, client = drive
    wanted = {CALLBACK: IntegrationConfiguration("https://a.example/hooks?x=1&y=(2)"), JOBS: EVERYBODY}
    assert client(lambda it: it.integration_configurations.upsert(wanted)).succeeded == tuple(wanted)
    assert client(lambda it: it.integration_configurations.upsert([(NOTES, EVERYBODY)], timeout=9)).ok
    gone = client(lambda it: it.integration_configurations.delete([JOBS, CALLBACK, JOBS._replace(tenant_type="JOBS")]))
    assert (gone.succeeded, gone.missing) == ((JOBS, gone.missing[0]), (JOBS._replace(tenant_type="JOBS"),))
    assert gone.failed[CALLBACK].status == 400
    read = client(lambda it: it.integration_configurations.get([CALLBACK, NOTES, JOBS]))
    assert read.found == {CALLBACK: wanted[CALLBACK], NOTES: EVERYBODY} and read.missing == (JOBS,)
    assert read.ok and read.request_ids and "2 found, 1 missing" in repr(read)
    read.raise_for_errors()


def test_a_configuration_that_is_none_fails_alone(drive: tuple):
    _, client = drive
    wrong = setting("CALLBACK_URL", "IN_ATS_INDICATOR")
    result = client(lambda it: it.integration_configurations.get([wrong, NOTES]))
    assert (list(result.failed), result.missing, result.ok) == ([wrong], (NOTES,), False)
    with pytest.raises(PartialFailure, match="1 missing, 1 refused") as caught:
        result.raise_for_errors()
    assert caught.value.result is result


def test_configurations_of_somebody_else_are_not_told(world_of: Callable):
    world = world_of()
    stranger = setting("APPLICATION_VIEWERS", "IN_ATS_INDICATOR", OTHER_ORGANIZATION)
    made = world.sandbox.provision()
    result = world.drive(made)(lambda it: it.integration_configurations.get([stranger, NOTES]))
    assert (result.failed[stranger].status, result.missing) == (403, (NOTES,))
    with pytest.raises(Forbidden) as caught:
        world.drive(made, generation="v2")(lambda it: it.integration_configurations.get([stranger]))
    read = caught.value.result
    assert isinstance(read, GetResult) and read.not_asked == (stranger,) and not read.ok
    # Deletion is v2's alone, so there a stranger's key refuses its whole request.
    with pytest.raises(Forbidden):
        world.drive(made)(lambda it: it.integration_configurations.delete([stranger]))


def test_a_platform_that_is_not_there(drive_of: Callable):
    with pytest.raises(Unreachable, match="no access token") as caught:
        drive_of("http://127.0.0.1:1")(lambda it: it.application_notes.delete([key()]))
    assert result_of(caught.value).not_applied == (key(),)
