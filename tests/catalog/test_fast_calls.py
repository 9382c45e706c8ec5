"""The calling side's fast ways agree with the exact ones, for calls of any content in every dialect."""

from __future__ import annotations

from collections.abc import Mapping
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from hirewire.catalog.application_notes import APPLICATION_NOTES, Actor, ApplicationNote, ApplicationNoteKey
from hirewire.catalog.call import BatchReply, Call, Key, Outcome
from hirewire.catalog.codec import asking, check_call, decode_reply
from hirewire.catalog.codec.addresses import write_wire_key, write_wire_keys
from hirewire.catalog.generations import Dialect, Generation
from hirewire.catalog.rules import Reading
from hirewire.values.time import Millis
from hirewire.wire.body import write_json
from hirewire.wire.http import HttpResponse
from hirewire.wire.keys import Place, write_key
from hirewire.wire.methods import Method
from hirewire.wire.protocol import Protocol

NOW = Millis(1_767_787_200_000)
DIALECTS = st.sampled_from(
    [
        Dialect(generation, protocol, "202603" if generation.is_dated else None)
        for generation in Generation
        for protocol in Protocol
    ]
)
# Mostly usual, sometimes everything that is not.
IDS = st.sampled_from(["a", "b", "n 1", "(x:y)", "é", "", " ", "\n", "\ud800", "x" * 513]) | st.text(max_size=4)
CONTEXTS = st.sampled_from(["urn:li:organization:1", "urn:li:organization:1", "urn:li:contract:1", "x", ""])
NAMES = st.sampled_from(["A", "B", "", " "])
TIMES = st.none() | st.sampled_from([1, 0, -1, NOW, NOW + 1, 2**63])
NOTES = st.builds(
    ApplicationNote,
    note=st.none() | IDS,
    author=st.none() | st.builds(Actor, first_name=NAMES, last_name=NAMES),
    created_at=TIMES,
    last_modified_at=TIMES,
)
KEYS = st.builds(ApplicationNoteKey, CONTEXTS, IDS, IDS)
USUAL_KEYS = st.builds(
    ApplicationNoteKey, st.just("urn:li:organization:1"), st.just("a"), st.sampled_from(["a", "b", "n 1", "(x:y)", "é"])
)
USUAL_NOTES = st.just(ApplicationNote(note="x", created_at=1, last_modified_at=1))
CHANGES = st.dictionaries(USUAL_KEYS, USUAL_NOTES, max_size=5) | st.dictionaries(KEYS, NOTES | st.none(), max_size=5)


def call_of(changes: Mapping[Key, ApplicationNote | None]) -> Call:
    return Call(APPLICATION_NOTES, Method.BATCH_UPDATE, changes)


@given(changes=CHANGES, dialect=DIALECTS)
def test_checking_all_at_once_refuses_what_checking_each_does(changes, dialect):
    call, reading = call_of(changes), Reading(now=NOW)
    with patch.object(asking, "_is_surely_clean", lambda *_: False):
        exact = check_call(call, dialect, reading)
    assert check_call(call, dialect, reading) == exact


@given(notes=st.lists(NOTES, max_size=6), dialect=DIALECTS)
def test_writing_many_entities_writes_each(notes, dialect):
    view = APPLICATION_NOTES.view(dialect.generation)
    assert view is not None
    assert view.fields.write_all(notes) == [view.fields.write(note) for note in notes]


@given(keys=st.lists(KEYS, max_size=6), dialect=DIALECTS)
def test_writing_many_keys_writes_each(keys, dialect):
    view = APPLICATION_NOTES.view(dialect.generation)
    assert view is not None
    assert write_wire_keys(APPLICATION_NOTES, view, keys) == [
        write_wire_key(APPLICATION_NOTES, view, key) for key in keys
    ]


@given(keys=st.lists(USUAL_KEYS, min_size=1, unique=True), is_canonical=st.booleans(), dialect=DIALECTS)
def test_a_reply_is_read_the_same_however_its_keys_are_written(keys, is_canonical, dialect):
    view = APPLICATION_NOTES.view(dialect.generation)
    assert view is not None
    texts = [
        write_key(write_wire_key(APPLICATION_NOTES, view, key), view.key.kind, Place.BODY, dialect.protocol)
        for key in keys
    ]
    if not is_canonical and view.key.names:
        # Escaped where nobody needs to: another writing of the same values.
        texts = [text.replace("a", "%61") if dialect.generation.is_dated else text for text in texts]
        texts = [text.replace("extern%61l", "external").replace("integr%61tion", "integration") for text in texts]
        texts = [text.replace("Applic%61tion", "Application") for text in texts]
    body = write_json({"results": {text: {"status": 204} for text in texts}, "errors": {}})
    call = Call(APPLICATION_NOTES, Method.BATCH_DELETE, dict.fromkeys(keys))
    reply = decode_reply(call, dialect, HttpResponse(200, body=body))
    assert reply == BatchReply({key: Outcome(204) for key in keys})
