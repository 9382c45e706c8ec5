"""Any number of records, driven by hand: cutting, per-key outcomes and retries, and what survives a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from hirewire.catalog.application_notes import APPLICATION_NOTES, Actor, ApplicationNote, ApplicationNoteKey
from hirewire.catalog.call import BatchReply, Call, Key, Outcome, Refusal
from hirewire.catalog.codec import encode_reply, read_address, read_call, read_dialect, route
from hirewire.catalog.generations import VERSIONS, Generation
from hirewire.catalog.rules import Reading
from hirewire.client import bulk
from hirewire.client.bulk import change_all
from hirewire.client.effects import NoAnswer
from hirewire.client.errors import ConfigurationError, Forbidden, InvalidRequest, OutcomeUnknown, PartialFailure
from hirewire.client.resources import delete_notes, upsert_notes
from hirewire.client.results import BatchResult
from hirewire.plan.retry import RetryPolicy
from hirewire.values.time import Millis
from hirewire.wire.http import HttpRequest, HttpResponse
from hirewire.wire.methods import Method
from hirewire.wire.tunnel import unfold

NOON = Millis(1_767_787_200_000)
NOTE = ApplicationNote(note="x", created_at=1, last_modified_at=1)
UNVERSIONED = ApplicationNote(note="x", created_at=1)
TIMEOUT = NoAnswer("no complete answer within 30 s", was_sent=True)


def key(number: int, application: str = "app") -> ApplicationNoteKey:
    return ApplicationNoteKey("urn:li:organization:1", application, f"n{number}")


def notes(count: int) -> dict[ApplicationNoteKey, ApplicationNote]:
    return {key(number): NOTE for number in range(count)}


def result_of(error: Any) -> BatchResult[Any]:
    """What a call achieved before it failed."""
    result = error.result
    assert isinstance(result, BatchResult)
    return result


class Platform:
    """The platform's own codec with a script instead of a store: ``outcomes`` says what becomes of a key.

    Keys without one succeed; None leaves the key out of the answer. A list is used up, one outcome per request.
    """

    def __init__(self, outcomes: dict[Key, Any] | None = None) -> None:
        self.outcomes = outcomes or {}
        self.calls: list[Call] = []

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = route(request.path)
        assert found is not None
        dialect = read_dialect(found, request.headers, VERSIONS, NOON)
        plain = unfold(request)
        address = read_address(found, dialect, plain, records_per_batch_max=100)
        call = read_call(address, plain.body, Reading(now=NOON))
        self.calls.append(call)
        outcomes = {each: self._outcome(each) for each in call.entities}
        return encode_reply(address, call, BatchReply({each: it for each, it in outcomes.items() if it is not None}))

    def _outcome(self, each: Key) -> Outcome | None:
        given = self.outcomes.get(each, 204)
        if isinstance(given, list):
            given = given.pop(0)
        return None if given is None else Outcome(given, Refusal(given, "CODE", "no") if given >= 400 else None)

    @property
    def sizes(self) -> list[int]:
        return [len(call.entities) for call in self.calls]


def test_many_records_take_many_calls_and_each_gets_its_outcome(stage_of: Callable, dialect: tuple):
    stage, platform = stage_of(generation=dialect[0], protocol=dialect[1]), Platform({key(7): 400, key(205): 403})
    played = stage.play(upsert_notes(stage.session, notes(250)), *[platform] * 3)
    result = played.result
    assert platform.sizes == [100, 100, 50]
    assert len(result.outcomes) == 250 and len(result.succeeded) == 248 and len(result.responses) == 3
    assert {each: refusal.status for each, refusal in result.failed.items()} == {key(7): 400, key(205): 403}
    assert (result.ok, result.unknown, result.not_applied) == (False, (), ())
    with pytest.raises(PartialFailure, match="of 250 records: 248 done, 2 refused") as caught:
        result.raise_for_errors()
    assert caught.value.result is result


def test_when_all_is_well_nothing_is_raised(stage_of: Callable, dialect: tuple):
    stage = stage_of(generation=dialect[0], protocol=dialect[1])
    result = stage.play(upsert_notes(stage.session, notes(3)), Platform()).result
    assert result.ok and result.failed == {}
    result.raise_for_errors()


def test_nothing_given_nothing_sent(stage_of: Callable):
    stage = stage_of()
    assert stage.play(upsert_notes(stage.session, {})).result.ok


def test_pairs_of_any_iterable_are_taken_in_pieces(stage_of: Callable, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bulk, "LOOKAHEAD", 300)
    stage, platform, taken = stage_of(), Platform(), []

    def stream() -> Iterator[tuple[ApplicationNoteKey, ApplicationNote]]:
        for number in range(350):
            taken.append(number)
            yield key(number), NOTE

    def look(request: HttpRequest) -> HttpResponse:
        assert len(taken) == 300
        return platform(request)

    played = stage.play(upsert_notes(stage.session, stream()), look, *[platform] * 3)
    assert len(played.result.succeeded) == 350


def test_plain_tuples_are_keys_too(stage_of: Callable):
    stage = stage_of()
    plain: Any = tuple(key(1))
    result = stage.play(delete_notes(stage.session, [plain]), Platform()).result
    assert result.succeeded == (key(1),) and isinstance(result.succeeded[0], ApplicationNoteKey)


def test_in_v2_each_application_has_its_own_call(stage_of: Callable):
    stage, platform = stage_of(generation=Generation.V2), Platform()
    changes = {key(number, application): NOTE for number in range(3) for application in ("a", "b")}
    stage.play(upsert_notes(stage.session, changes), platform, platform)
    assert platform.sizes == [3, 3]


def test_the_later_of_two_versions_is_sent_later_and_counts(stage_of: Callable):
    stage, platform = stage_of(), Platform({key(1): [400, 204], key(2): [204, 400]})
    pairs = [(key(1), NOTE), (key(2), NOTE), (key(1), NOTE), (key(2), NOTE)]
    result = stage.play(upsert_notes(stage.session, pairs), platform, platform).result
    assert (result.succeeded, list(result.failed)) == ((key(1),), [key(2)])


def test_deleting_what_is_not_there_counts_as_done_and_is_listed(stage_of: Callable, dialect: tuple):
    stage = stage_of(generation=dialect[0], protocol=dialect[1])
    result = stage.play(delete_notes(stage.session, [key(1), key(2)]), Platform({key(2): 404})).result
    assert (result.ok, result.missing, result.failed) == (True, (key(2),), {})
    assert result.outcomes[key(2)].status == 404 and set(result.succeeded) == {key(1), key(2)}


def test_upserting_what_is_not_there_is_a_failure(stage_of: Callable):
    stage = stage_of()
    result = stage.play(upsert_notes(stage.session, notes(1)), Platform({key(0): 404})).result
    assert (result.ok, result.missing, list(result.failed)) == (False, (), [key(0)])


def test_a_status_of_400_inside_results_is_a_failure(stage_of: Callable, http: Callable):
    stage = stage_of(generation=Generation.V2)
    body = {"results": {"n0": {"status": 422}}, "errors": {}}
    result = stage.play(upsert_notes(stage.session, notes(1)), http(200, body)).result
    assert not result.ok and result.failed[key(0)].status == 422


# ---------------------------------------------------------------- per-key retries


@pytest.mark.parametrize("trouble", [500, 503, 429, None])
def test_only_the_keys_that_failed_in_passing_are_sent_again(trouble: int | None, stage_of: Callable):
    stage, platform = stage_of(), Platform({key(3): [trouble, 204], key(5): 400})
    played = stage.play(upsert_notes(stage.session, notes(10)), platform, platform)
    assert [list(call.entities) for call in platform.calls[1:]] == [[key(3)]]
    assert list(played.result.failed) == [key(5)] and len(played.pauses) == 1


def test_a_key_that_stays_unanswered_is_unknown(stage_of: Callable):
    stage, platform = stage_of(), Platform({key(1): None})
    result = stage.play(upsert_notes(stage.session, notes(3)), *[platform] * 4).result
    assert (result.unknown, result.ok, result.failed) == ((key(1),), False, {})
    with pytest.raises(PartialFailure, match="of 3 records: 2 done, 1 unknown"):
        result.raise_for_errors()


def test_a_key_that_was_unknown_and_then_answered_is_not_unknown(stage_of: Callable):
    stage, platform = stage_of(), Platform({key(1): [None, 204]})
    assert stage.play(upsert_notes(stage.session, notes(3)), platform, platform).result.ok


def test_with_retries_off_each_group_is_sent_once(stage_of: Callable):
    stage, platform = stage_of(retries=RetryPolicy.of(0)), Platform({key(1): 503, key(2): None})
    result = stage.play(upsert_notes(stage.session, notes(3)), platform).result
    assert (list(result.failed), result.unknown) == ([key(1)], (key(2),))


@pytest.mark.parametrize(
    ("generation", "note", "calls"),
    [(Generation.REST, NOTE, 1), (Generation.V2, NOTE, 2), (Generation.V2, UNVERSIONED, 2)],
)
def test_a_stale_version_is_not_sent_again(generation, note, calls, stage_of: Callable):
    stage, platform = stage_of(generation=generation), Platform({key(1): 409})
    result = stage.play(upsert_notes(stage.session, {key(1): note}), *[platform] * calls).result
    assert result.failed[key(1)].status == 409


def test_a_conflict_of_a_delete_is_tried_once_more(stage_of: Callable):
    stage, platform = stage_of(), Platform({key(1): [409, 204]})
    assert stage.play(delete_notes(stage.session, [key(1)]), platform, platform).result.ok


def test_several_troubles_in_one_answer_are_waited_for_together(stage_of: Callable):
    stage, platform = stage_of(), Platform({key(1): [503, 204], key(2): [429, 204]})
    played = stage.play(upsert_notes(stage.session, notes(4)), platform, platform)
    assert played.result.ok and len(played.pauses) == 2 and platform.sizes == [4, 2]


def test_every_group_has_its_own_patience(stage_of: Callable):
    stage, platform = stage_of(), Platform({key(1): [503, 503, 503, 204], key(101): [503, 503, 503, 204]})
    assert stage.play(upsert_notes(stage.session, notes(200)), *[platform] * 8).result.ok


# ---------------------------------------------------------------- before sending


def test_records_that_break_a_rule_are_refused_here_and_the_others_sent(stage_of: Callable):
    stage, platform = stage_of(), Platform()
    future = ApplicationNote(note="x", created_at=NOON + 1, last_modified_at=1)
    changes = {**notes(2), key(8): ApplicationNote(note=" "), key(9): future, key(0)._replace(note_id=""): NOTE}
    result = stage.play(upsert_notes(stage.session, changes), platform).result
    assert platform.sizes == [2] and len(result.failed) == 3
    assert [fault.rule for fault in result.failed[key(9)].inputs] == ["not-future"]


def test_when_all_break_a_rule_nothing_is_sent(stage_of: Callable):
    stage = stage_of()
    assert not stage.play(upsert_notes(stage.session, {key(1): ApplicationNote()})).result.ok


def test_the_check_can_be_left_to_the_platform(stage_of: Callable):
    stage, platform = stage_of(check_first=False), Platform()
    stage.play(upsert_notes(stage.session, {key(1): ApplicationNote(note=" ")}), platform)
    assert len(platform.calls[0].refused) == 1


def test_what_no_request_can_carry_harms_no_neighbour(stage_of: Callable):
    stage, platform = stage_of(check_first=False), Platform()
    changes = {**notes(2), key(8): ApplicationNote(note="\ud800", created_at=1, last_modified_at=1)}
    result = stage.play(upsert_notes(stage.session, changes), platform).result
    assert platform.sizes == [2] and result.failed[key(8)].code == "UNSAYABLE"


def test_a_method_that_is_not_offered_is_an_error_not_an_outcome(stage_of: Callable):
    stage = stage_of()
    played = stage.play(change_all(stage.session, APPLICATION_NOTES, Method.BATCH_GET, [(key(1), None)]))
    assert isinstance(played.error, ConfigurationError) and "batch_get" in str(played.error)


# ---------------------------------------------------------------- what survives a failure


def test_a_later_failure_keeps_what_was_achieved(stage_of: Callable, http: Callable):
    stage, platform = stage_of(), Platform({key(7): 400})
    played = stage.play(upsert_notes(stage.session, notes(350)), platform, http(403, {"message": "no"}))
    assert isinstance(played.error, Forbidden)
    result = result_of(played.error)
    assert (len(result.succeeded), len(result.failed), len(result.not_applied), result.unknown) == (99, 1, 250, ())
    with pytest.raises(PartialFailure, match="of 350 records: 99 done, 1 refused, 250 not applied"):
        result.raise_for_errors()


def test_what_timed_out_is_unknown_and_the_rest_was_not_applied(stage_of: Callable):
    stage, platform = stage_of(retries=RetryPolicy.of(0)), Platform()
    played = stage.play(upsert_notes(stage.session, notes(350)), platform, TIMEOUT)
    assert isinstance(played.error, OutcomeUnknown)
    result = result_of(played.error)
    assert (len(result.succeeded), len(result.unknown), len(result.not_applied)) == (100, 100, 150)


def test_a_failure_while_repeating_keeps_the_answers_of_the_first_time(stage_of: Callable, http: Callable):
    stage, platform = stage_of(), Platform({key(1): 503, key(2): None})
    played = stage.play(upsert_notes(stage.session, notes(4)), platform, http(403))
    result = result_of(played.error)
    assert (len(result.succeeded), list(result.failed), result.unknown) == (2, [key(1)], (key(2),))
    assert result.not_applied == ()


def test_a_timeout_while_repeating_puts_the_repeated_in_doubt(stage_of: Callable):
    stage, platform = stage_of(retries=RetryPolicy(transient=1)), Platform({key(1): 503})
    played = stage.play(upsert_notes(stage.session, notes(3)), platform, TIMEOUT)
    result = result_of(played.error)
    assert (len(result.succeeded), result.unknown, result.failed) == (2, (key(1),), {})


def test_a_newer_version_that_was_not_sent_is_not_applied(stage_of: Callable, http: Callable):
    stage, platform = stage_of(), Platform()
    pairs = [(key(1), NOTE), (key(2), NOTE), (key(1), NOTE)]
    played = stage.play(upsert_notes(stage.session, pairs), platform, http(403))
    assert (result_of(played.error).succeeded, result_of(played.error).not_applied) == ((key(2),), (key(1),))


def test_a_request_too_large_for_the_way_is_halved(stage_of: Callable, http: Callable):
    stage, platform = stage_of(), Platform()

    def gateway(request: HttpRequest) -> HttpResponse:
        found = platform(request)
        return http(413) if platform.sizes[-1] > 30 else found

    played = stage.play(upsert_notes(stage.session, notes(100)), *[gateway] * 7)
    assert played.result.ok and platform.sizes == [100, 50, 25, 25, 50, 25, 25]
    assert list(played.result.outcomes) == [key(number) for number in range(100)]


def test_a_record_too_large_for_the_way_is_an_error(stage_of: Callable, http: Callable):
    stage = stage_of()
    played = stage.play(upsert_notes(stage.session, notes(1)), http(413))
    assert isinstance(played.error, InvalidRequest) and result_of(played.error).not_applied == (key(0),)


def test_keys_nobody_asked_for_are_reported(stage_of: Callable, http: Callable):
    stage = stage_of(generation=Generation.V2)
    body = {"results": {"n0": {"status": 204}, "n9": {"status": 204}}, "errors": {}}
    result = stage.play(upsert_notes(stage.session, notes(1)), http(200, body, x_li_request_id="r")).result
    assert result.ok and result.unasked == ("n9",) and result.request_ids == ("r",)


def test_an_author_is_sent(stage_of: Callable, dialect: tuple):
    stage, platform = stage_of(generation=dialect[0], protocol=dialect[1]), Platform()
    note = ApplicationNote(note="x", author=Actor(first_name="A", last_name="B"), created_at=1, last_modified_at=2)
    stage.play(upsert_notes(stage.session, {key(1): note}), platform)
    (sent,) = platform.calls[0].entities.values()
    assert isinstance(sent, ApplicationNote) and sent.author == note.author


def test_a_call_that_cannot_be_sent_for_another_reason_than_its_records_is_an_error(stage_of: Callable):
    """A boundary that occurs in the request, drawn three times: no record is to blame."""

    class Loaded:
        def random(self) -> float:
            return 0.5

        def getrandbits(self, k: int) -> int:
            return 0

    stage = stage_of()
    note = ApplicationNote(note=f"{0:032x}", created_at=1, last_modified_at=1)
    flow = upsert_notes(replace(stage.session, random=Loaded()), dict.fromkeys(notes(100), note))
    error = stage.play(flow).error
    assert isinstance(error, ConfigurationError) and len(result_of(error).not_applied) == 100
