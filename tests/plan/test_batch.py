"""Cutting: by count, by size, by parent; nothing lost, nothing doubled, order kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.catalog.application_notes import APPLICATION_NOTES, Actor, ApplicationNote, ApplicationNoteKey
from hirewire.catalog.call import Call
from hirewire.catalog.codec import encode_call
from hirewire.catalog.generations import Dialect, Generation
from hirewire.catalog.model import View
from hirewire.plan.batch import batches, size_max
from hirewire.wire.errors import Ours
from hirewire.wire.methods import Method
from hirewire.wire.protocol import Protocol
from hirewire.wire.tunnel import fold

LIMITS = APPLICATION_NOTES.limits
NO_BOUND = 10**9


def view_of(generation: Generation) -> View:
    view = APPLICATION_NOTES.view(generation)
    assert view is not None
    return view


REST, V2 = view_of(Generation.REST), view_of(Generation.V2)


def key(number: int, application: str = "a") -> ApplicationNoteKey:
    return ApplicationNoteKey("urn:li:organization:1", application, f"n{number}")


def sizes(groups: Iterable[Sized]) -> list[int]:
    return [len(group) for group in groups]


def test_a_call_holds_at_most_a_hundred_records():
    groups = batches([(key(n), ApplicationNote(note="x")) for n in range(250)], REST, LIMITS, NO_BOUND)
    assert sizes(groups) == [100, 100, 50]
    assert [k for group in groups for k in group] == [key(n) for n in range(250)]


def test_nothing_makes_no_call():
    assert batches([], REST, LIMITS, NO_BOUND) == []


def test_two_versions_of_a_record_need_two_calls():
    first, second = ApplicationNote(note="1"), ApplicationNote(note="2")
    groups = batches([(key(1), first), (key(2), first), (key(1), second), (key(3), first)], REST, LIMITS, NO_BOUND)
    assert groups == [{key(1): first, key(2): first}, {key(1): second, key(3): first}]


@pytest.mark.parametrize(("view", "expected"), [(REST, [4]), (V2, [2, 2])], ids=["rest", "v2"])
def test_two_parents_need_two_calls_in_v2_only(view: View, expected: list[int]):
    changes = [(key(n, application), None) for n in (1, 2) for application in ("a", "b")]
    assert sizes(batches(changes, view, LIMITS, NO_BOUND)) == expected


def test_a_record_larger_than_the_bound_goes_alone():
    big, small = ApplicationNote(note="x" * 5_000), ApplicationNote(note="x")
    groups = batches([(key(1), small), (key(2), big), (key(3), small), (key(4), small)], REST, LIMITS, 4_000)
    assert sizes(groups) == [1, 1, 2]


def test_what_no_json_can_hold_takes_no_room():
    assert size_max(key(1), ApplicationNote(note="\ud800")) == size_max(key(1), None) - len("null")


KEYS = st.builds(
    ApplicationNoteKey,
    st.sampled_from(["urn:li:organization:1", "urn:li:organization:2"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12),
)
NOTES = st.builds(
    ApplicationNote,
    note=st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    author=st.none() | st.builds(Actor, first_name=st.text("aé\x00", max_size=9), last_name=st.just("b")),
    created_at=st.none() | st.integers(-(2**63), 2**63 - 1),
)
CHANGES = st.lists(st.tuples(KEYS, NOTES), max_size=25)
DIALECTS = [
    Dialect(generation, protocol, "202603" if generation.is_dated else None)
    for generation in Generation
    for protocol in Protocol
]


@given(changes=CHANGES, dialect=st.sampled_from(DIALECTS), bound=st.integers(1, 6_000))
def test_the_encoded_size_never_exceeds_the_bound(changes, dialect, bound):
    for group in batches(changes, view_of(dialect.generation), LIMITS, bound):
        for method in (Method.BATCH_UPDATE, Method.BATCH_DELETE):
            try:
                request = encode_call(Call(APPLICATION_NOTES, method, group), dialect)
            except Ours:
                continue  # a key of white space, say: refused before it is sent
            assert len(group) == 1 or len(fold(request, "0123456789abcdef0123456789abcdef").body) <= bound


@given(changes=CHANGES, generation=st.sampled_from(Generation), bound=st.integers(1, 6_000))
def test_every_change_is_in_one_group_and_those_of_one_key_keep_their_order(changes, generation, bound):
    groups = batches(changes, view_of(generation), LIMITS, bound)
    placed = [change for group in groups for change in group.items()]
    assert Counter(map(repr, placed)) == Counter(map(repr, changes))
    for wanted in {k for k, _ in changes}:
        assert [note for k, note in placed if k == wanted] == [note for k, note in changes if k == wanted]
