"""The fast way through a usual batch gives exactly what the exact way gives, entity by entity and key by key."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.catalog.application_notes import APPLICATION_NOTES
from hirewire.catalog.applications import ATS_APPLICATIONS
from hirewire.catalog.codec.addresses import read_logical_key, read_logical_keys
from hirewire.catalog.codec.bodies import read_entities, read_entity
from hirewire.catalog.fields import ListOf, Long, Text, UrnText
from hirewire.catalog.generations import Generation
from hirewire.catalog.model import Resource, View
from hirewire.catalog.provisioned_applications import PROVISIONED_APPLICATIONS
from hirewire.catalog.rules import Reading
from hirewire.values.time import Millis
from hirewire.values.urn import UrnKind
from tests.catalog.views import view_of

NOW = Millis(1_000)
JSON: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-5, 2**64) | st.floats() | st.text(max_size=3) | st.just([]) | st.just({})
)
TEXT = st.text(min_size=1, max_size=4) | st.text(st.sampled_from(" \t\n\ud83d\ude00a"), max_size=3)
TIME = st.integers(1, NOW + 1) | st.integers(-(2**64), 2**64)
NAME = st.fixed_dictionaries({"firstName": TEXT, "lastName": TEXT})
MOSTLY_GOOD = st.fixed_dictionaries(
    {"note": TEXT, "externalCreatedAt": TIME, "externalLastModifiedAt": TIME}, optional={"author": st.none() | NAME}
)
ANY_NOTE = st.dictionaries(
    st.sampled_from(["note", "author", "externalCreatedAt", "externalLastModifiedAt", "atsCreatedAt", "extra"]),
    JSON | NAME,
)
READINGS = st.builds(
    Reading,
    now=st.just(NOW),
    refuse_unknown_fields=st.booleans(),
    accept_digit_strings=st.booleans(),
    is_reply=st.booleans(),
)
VIEWS = [
    (resource, view)
    for resource in (APPLICATION_NOTES, ATS_APPLICATIONS, PROVISIONED_APPLICATIONS)
    for view in resource.views
]


@given(st.sampled_from(VIEWS), st.lists(MOSTLY_GOOD | ANY_NOTE | JSON, max_size=4), READINGS)
def test_entities_are_the_same_together_as_alone(spelled: tuple[Resource, View], values: list[Any], reading: Reading):
    record = spelled[1].fields
    assert read_entities(record, values, reading) == [read_entity(record, value, reading) for value in values]


@given(st.lists(MOSTLY_GOOD, min_size=1, max_size=4))
def test_the_usual_batch_is_read_together(values: list[Any]):
    record = view_of(APPLICATION_NOTES, Generation.REST).fields
    reading = Reading(NOW)
    if record.read_all(values, reading) is None:
        assert any(not isinstance(entity, record.struct) for entity in read_entities(record, values, reading))


@pytest.mark.parametrize("kind", [UrnText((UrnKind.SEAT,)), ListOf(Text(), 3)])
def test_kinds_without_a_fast_way_step_aside(kind: Any):
    assert kind.read_all([], Reading(NOW)) == []
    assert kind.read_all(["urn:li:seat:1"], Reading(NOW)) is None


@pytest.mark.parametrize(
    ("kind", "values"),
    [(Text(), ["a", 1]), (Text(), ["\ud83d", "\ude00"]), (Long(), [1, True]), (Long(), [1, 2**63])],
)
def test_a_column_with_one_unusual_value_is_left_to_the_exact_way(kind: Any, values: list[Any]):
    assert kind.read_all(values, Reading(NOW)) is None
    assert kind.read_all(values[:1], Reading(NOW)) == (None if "\ud83d" in values else values[:1])


PART = st.sampled_from(
    ["a", "note 1", "", " ", "x\ny", "ü", "\x01", "x" * 513, "urn:li:organization:1", "urn:li:seat:1", "ATS"]
)
WIRE_KEYS = st.one_of(
    PART,
    st.dictionaries(
        st.sampled_from(
            [
                "integrationContext",
                "externalJobApplicationId",
                "externalNoteId",
                "atsJobApplicationId",
                "dataProvider",
                "x",
            ]
        ),
        PART | st.just(["a"]),
    ),
    st.fixed_dictionaries(
        {
            "integrationContext": st.sampled_from(["urn:li:organization:1", "urn:li:organization:2"]),
            "externalJobApplicationId": PART,
            "externalNoteId": PART,
        }
    ),
    st.fixed_dictionaries(
        {
            "integrationContext": st.just("urn:li:organization:1"),
            "atsJobApplicationId": PART,
            "dataProvider": st.just("ATS"),
        }
    ),
)


@given(st.sampled_from(VIEWS), st.lists(WIRE_KEYS, max_size=4))
def test_keys_are_the_same_together_as_alone(spelled: tuple[Resource, View], wire_keys: list[Any]):
    resource, view = spelled
    parent = {name: "p" for name in view.shared_parts}
    together = read_logical_keys(resource, view, parent, wire_keys)
    assert together == [read_logical_key(resource, view, parent, wire_key) for wire_key in wire_keys]
