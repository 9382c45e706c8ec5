"""Kinds and rules: each JSON value a field may meet, and what is said about it."""

from __future__ import annotations

from typing import Any

import pytest

from hirewire.catalog.application_notes import APPLICATION_NOTES, Actor, ApplicationNote
from hirewire.catalog.call import Refusal
from hirewire.catalog.codec.bodies import read_entity, read_patch_entity, write_entity, write_patch_entity
from hirewire.catalog.fields import ListOf, Long, Text, UrnText, shown
from hirewire.catalog.generations import Generation
from hirewire.catalog.provisioned_applications import PROVISIONED_APPLICATIONS, ProvisionedApplication
from hirewire.catalog.rules import Reading
from hirewire.values.time import Millis
from hirewire.values.urn import UrnKind
from tests.catalog.views import view_of

NOW = Millis(1_767_735_410_000)
READING = Reading(now=NOW)

REST = view_of(APPLICATION_NOTES, Generation.REST).fields
V2 = view_of(APPLICATION_NOTES, Generation.V2).fields
PROVISIONED = view_of(PROVISIONED_APPLICATIONS, Generation.V2).fields

GOOD = {"note": "interview", "externalCreatedAt": NOW, "externalLastModifiedAt": NOW}
AUTHOR = {"firstName": "Angela", "lastName": "Smith"}


def test_a_documented_entity_is_read_field_by_field():
    read = read_entity(REST, {**GOOD, "author": AUTHOR}, READING)
    author = Actor(first_name="Angela", last_name="Smith")
    assert read == ApplicationNote(note="interview", author=author, created_at=NOW, last_modified_at=NOW)


def test_v2_requires_nothing_and_has_no_rule_for_its_time():
    assert read_entity(V2, {}, READING) == ApplicationNote()
    assert read_entity(V2, {"atsCreatedAt": -5, "note": "  "}, READING) == ApplicationNote(created_at=-5, note="  ")


@pytest.mark.parametrize(
    ("entity", "code", "field"),
    [
        ({}, "MISSING_FIELD", "note"),
        ({**GOOD, "note": None}, "MISSING_FIELD", "note"),
        ({**GOOD, "note": ""}, "INVALID_VALUE_BLANK_FIELD", "note"),
        ({**GOOD, "note": " \t\n"}, "INVALID_VALUE_BLANK_FIELD", "note"),
        ({**GOOD, "note": 5}, "FIELD_INVALID", "note"),
        ({**GOOD, "note": ["x"]}, "FIELD_INVALID", "note"),
        ({**GOOD, "note": "half \ud83d"}, "FIELD_INVALID", "note"),
        ({**GOOD, "externalCreatedAt": 0}, "INVALID_VALUE_FOR_FIELD", "externalCreatedAt"),
        ({**GOOD, "externalCreatedAt": NOW + 1}, "INVALID_VALUE_FOR_FIELD", "externalCreatedAt"),
        ({**GOOD, "externalLastModifiedAt": NOW + 1}, "INVALID_VALUE_FOR_FIELD", "externalLastModifiedAt"),
        ({**GOOD, "externalLastModifiedAt": 1.0}, "FIELD_INVALID", "externalLastModifiedAt"),
        ({**GOOD, "externalLastModifiedAt": True}, "FIELD_INVALID", "externalLastModifiedAt"),
        ({**GOOD, "externalLastModifiedAt": "1767735410000"}, "FIELD_INVALID", "externalLastModifiedAt"),
        ({**GOOD, "externalLastModifiedAt": 10**30}, "FIELD_INVALID", "externalLastModifiedAt"),
        ({**GOOD, "author": "Angela"}, "FIELD_INVALID", "author"),
        ({**GOOD, "author": {"firstName": "Angela"}}, "MISSING_FIELD", "author.lastName"),
        ({**GOOD, "author": {**AUTHOR, "lastName": " "}}, "INVALID_VALUE_BLANK_FIELD", "author.lastName"),
        ("text", "FIELD_INVALID", None),
        (None, "FIELD_INVALID", None),
        ([], "FIELD_INVALID", None),
    ],
)
def test_a_broken_rule_names_the_field(entity: Any, code: str, field: str | None):
    refusal = read_entity(REST, entity, READING)
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.inputs[0].code, refusal.inputs[0].field) == (400, code, field)
    assert (field or "the entity") in refusal.inputs[0].description


def test_every_fault_is_reported_not_only_the_first():
    refusal = read_entity(REST, {"externalCreatedAt": -1}, READING)
    assert isinstance(refusal, Refusal)
    assert [fault.field for fault in refusal.inputs] == ["note", "externalCreatedAt", "externalLastModifiedAt"]
    assert "errorDetails" in refusal.message


def test_the_error_of_a_future_time_names_value_rule_and_the_platforms_time():
    refusal = read_entity(REST, {**GOOD, "externalCreatedAt": NOW + 5}, READING)
    assert isinstance(refusal, Refusal)
    for part in ("externalCreatedAt", str(NOW + 5), "future", "2026-01-06T21:36:50.000Z"):
        assert part in refusal.message
    assert refusal.inputs[0].rule == "not-future"


def test_no_error_repeats_what_the_note_says():
    for note in (["a secret"], "a secret \ud83d", {"a secret": 1}):
        refusal = read_entity(REST, {**GOOD, "note": note}, READING)
        assert isinstance(refusal, Refusal)
        assert "secret" not in refusal.message


def test_tolerance_switches_and_leniency_are_readings():
    ahead = {**GOOD, "externalLastModifiedAt": NOW + 500}
    assert isinstance(read_entity(REST, ahead, Reading(NOW, future_tolerance_ms=499)), Refusal)
    assert not isinstance(read_entity(REST, ahead, Reading(NOW, future_tolerance_ms=500)), Refusal)
    digits = {**GOOD, "externalCreatedAt": "17"}
    lenient = read_entity(REST, digits, Reading(NOW, accept_digit_strings=True))
    assert isinstance(lenient, ApplicationNote) and lenient.created_at == 17
    assert not isinstance(read_entity(REST, {**GOOD, "extra": 1}, READING), Refusal)
    unknown = read_entity(REST, {**GOOD, "extra": 1}, Reading(NOW, refuse_unknown_fields=True))
    assert isinstance(unknown, Refusal) and "extra" in unknown.message and "externalCreatedAt" in unknown.message
    nested = read_entity(REST, {**GOOD, "author": {**AUTHOR, "x": 1}}, Reading(NOW, refuse_unknown_fields=True))
    assert isinstance(nested, Refusal) and nested.inputs[0].field == "author.x"


def test_a_reply_is_read_with_the_platforms_fields_and_without_rules():
    given = {"name": "x" * 99, "key": "urn:li:developerApplication:234", "credentials": {"client_id": "c"}, "new": 1}
    reply = read_entity(PROVISIONED, given, Reading(NOW, is_reply=True))
    assert isinstance(reply, ProvisionedApplication)
    assert reply.credentials is not None
    assert (reply.key, reply.credentials.client_id) == ("urn:li:developerApplication:234", "c")
    asked = read_entity(PROVISIONED, {"uniqueForeignId": "a", "name": "b", "key": "urn:x"}, READING)
    assert asked == ProvisionedApplication(unique_foreign_id="a", name="b")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"name": "x" * 51}, "FIELD_LENGTH_TOO_LONG"),
        ({"name": "Our LinkedIn link"}, "INVALID_VALUE_FOR_FIELD"),
        ({"validJsSdkDomains": ["https://a.example/"]}, "INVALID_VALUE_FOR_FIELD"),
        ({"validJsSdkDomains": "https://a.example"}, "FIELD_INVALID"),
        ({"validJsSdkDomains": [1]}, "FIELD_INVALID"),
        ({"validJsSdkDomains": ["https://a.example"] * 101}, "FIELD_LENGTH_TOO_LONG"),
        ({"uniqueForeignId": ""}, "INVALID_VALUE_BLANK_FIELD"),
    ],
)
def test_rules_of_provisioned_applications(members: dict[str, Any], code: str):
    refusal = read_entity(PROVISIONED, {"uniqueForeignId": "a", "name": "b", **members}, READING)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code


def test_a_patch_checks_only_what_it_holds_and_null_clears():
    patch = read_patch_entity(PROVISIONED, {"patch": {"$set": {"description": None, "name": "n"}}}, READING)
    assert patch == {"description": None, "name": "n"}
    assert write_patch_entity(PROVISIONED, patch) == {"description": None, "name": "n"}


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ({"patch": {"$set": {"name": None}}}, "name is required"),
        ({"patch": {"$set": {"name": 5}}}, "name must be a string"),
        ({"patch": {"$unset": ["name"]}}, "$unset"),
        ({}, "patch"),
        ("x", "patch"),
    ],
)
def test_a_bad_patch_is_refused(value: Any, part: str):
    refusal = read_patch_entity(PROVISIONED, value, READING)
    assert isinstance(refusal, Refusal)
    assert part in refusal.message


def test_a_strict_reading_refuses_unknown_members_of_a_patch():
    strict = Reading(NOW, refuse_unknown_fields=True)
    value = {"patch": {"$set": {"colour": "red"}}}
    assert read_patch_entity(PROVISIONED, value, READING) == {}
    refusal = read_patch_entity(PROVISIONED, value, strict)
    assert isinstance(refusal, Refusal) and "colour" in refusal.message


def test_absent_fields_are_left_out_when_written():
    assert write_entity(V2, ApplicationNote(note="x")) == {"note": "x"}


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        (Text(), "", ""),
        (Text(), "\x00😀", "\x00😀"),
        (Long(), -(2**63), -(2**63)),
        (UrnText((UrnKind.SEAT,)), "urn:li:seat:1", "urn:li:seat:1"),
        (ListOf(Text(), 3), ["a", "b"], ("a", "b")),
    ],
)
def test_a_kind_reads_and_writes_back(kind: Any, value: Any, read: Any):
    faults: list[Any] = []
    assert kind.read(value, "f", READING, faults) == read
    assert faults == []
    assert kind.write(read) == value


@pytest.mark.parametrize(
    ("value", "code"),
    [("urn:li:seat:x", "INVALID_URN_ID"), ("urn:li:contract:1", "INVALID_URN_TYPE"), (7, "FIELD_INVALID")],
)
def test_a_urn_of_another_kind_or_form_is_refused(value: Any, code: str):
    faults: list[Any] = []
    UrnText((UrnKind.SEAT,)).read(value, "owner", READING, faults)
    assert [fault.code for fault in faults] == [code]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 1}, "an object"),
        ([1], "an array"),
        ("x" * 100, "'" + "x" * 59 + "..."),
        (True, "true"),
        (None, "null"),
        (1, "1"),
        (0, "0"),
        (1.5, "1.5"),
        pytest.param(10**5000, "a number beyond 64 bit", id="huge"),
    ],
)
def test_values_are_shown_short(value: Any, text: str):
    assert shown(value) == text
