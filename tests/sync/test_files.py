"""The record format: what is read, what is refused with file, line, field and reason, and that what we write is read."""

from __future__ import annotations

import io
import json

import hypothesis.strategies as st
import pytest
from hypothesis import given
from msgspec.structs import replace

from hirewire.catalog.application_notes import Actor, ApplicationNote, ApplicationNoteKey
from hirewire.plan.entity import Op, State, Urgency
from hirewire.plan.entity import add as add_version
from hirewire.sync import Change
from hirewire.sync.changes import write
from hirewire.sync.files import COLUMNS, BadLine, Found, Reading, format_record, read_changes
from hirewire.sync.lines import LINE_BYTES_MAX
from hirewire.sync.store import Row
from hirewire.values.time import Millis

READING = Reading()
KEY = ApplicationNoteKey("urn:li:organization:7", "app_1", "note_1")
NOTE = ApplicationNote(
    note="Strong in SQL",
    author=Actor(first_name="Ada", last_name="Byron"),
    created_at=1_484_864_187_000,
    last_modified_at=1_484_864_188_000,
)
KEYS = '"organization": "7", "application_id": "app_1", "note_id": "note_1"'


def read(data: bytes, reading: Reading = READING) -> list[Found | BadLine]:
    return list(read_changes(io.BytesIO(data), "f", reading))


def changes(data: bytes, reading: Reading = READING) -> list[Change]:
    items = read(data, reading)
    assert not [item for item in items if isinstance(item, BadLine)]
    return [item.change for item in items if isinstance(item, Found)]


def only_fault(data: bytes) -> str:
    (item,) = read(data)
    assert isinstance(item, BadLine)
    return str(item)


UPSERT = Change.upsert(KEY, NOTE, urgency=Urgency.BACKFILL)

NDJSON = (
    '{"organization": "urn:li:organization:7", "application_id": "app_1", "note_id": "note_1", "note": "Strong in SQL",'
    ' "author": {"first_name": "Ada", "last_name": "Byron"}, "created_at": 1484864187000,'
    ' "last_modified_at": "2017-01-19T23:16:28+01:00"}\n'
)
CSV = (
    "organization,application_id,note_id,note,author.first_name,author.last_name,created_at,last_modified_at\n"
    '7,app_1,note_1,"Strong in SQL",Ada,Byron,1484864187000,2017-01-19T22:16:28Z\n'
)


@pytest.mark.parametrize("text", [NDJSON, CSV, CSV.replace(",", ";"), CSV.replace(",", "\t")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_same_record_in_every_dress(text: str, encoding: str, end: str):
    assert changes(text.replace("\n", end).encode(encoding)) == [UPSERT]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-be"])
def test_line_ends_inside_of_wide_characters_are_none(encoding: str):
    mark = "\ufeff".encode(encoding)
    text = "organization,application_id,note_id,note\n7,a,n,\u0a0a\u000a\n7,b,n,\u010a\n"
    items = read(mark + text.encode(encoding))
    notes = [item.change.entity for item in items if isinstance(item, Found)]
    assert notes == [ApplicationNote(note="\u0a0a"), ApplicationNote(note="\u010a")]


def test_csv_quoting():
    rows = 'organization,application_id,note_id,note\n7,a,n,"two\nlines, a comma and ""quotes"""\n7,b,n,plain\n'
    first, second = read(rows.encode())
    assert isinstance(first, Found) and isinstance(second, Found)
    assert first.change.entity == ApplicationNote(note='two\nlines, a comma and "quotes"')
    assert (first.line, second.line) == (2, 4)


def test_empty_fields_and_blank_lines_say_nothing():
    assert changes(b"\n\nnote_id,application_id,organization,note,created_at\n\nn,a,7,,\n\n") == [
        Change.upsert(
            ApplicationNoteKey("urn:li:organization:7", "a", "n"), ApplicationNote(), urgency=Urgency.BACKFILL
        )
    ]
    assert changes(b"") == []
    assert changes(b"\n \n") == []


@pytest.mark.parametrize(
    ("text", "modified"),
    [
        (f'{{{KEYS}, "deleted": true}}', None),
        (f'{{{KEYS}, "deleted": "TRUE", "note": "gone", "last_modified_at": 1484864187000}}', 1_484_864_187_000),
        ("organization,application_id,note_id,deleted\n7,app_1,note_1,yes\n", None),
        ("organization,application_id,note_id,deleted\n7,app_1,note_1,1\n", None),
    ],
)
def test_a_delete(text: str, modified: int | None):
    (change,) = changes(text.encode())
    assert (change.op, change.entity, change.modified_at, change.key) == (Op.DELETE, None, modified, KEY)


def test_what_the_file_leaves_open_is_given_for_all_of_it():
    reading = Reading(organization="8", urgency=Urgency.LIVE)
    one, other = changes(
        b'{"application_id": "a", "note_id": 5}\n{"organization": 9, "application_id": "a", "note_id": "n"}', reading
    )
    assert (one.key, one.urgency) == (("urn:li:organization:8", "a", "5"), Urgency.LIVE)
    assert other.key[0] == "urn:li:organization:9"


LONG = "x" * 100


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{", "f:1: it is no JSON"),
        ("[]", "f:1: expected one JSON object a line, got an array"),
        ('{"note_id": "n", "note_id": "m"}', "f:1: it is no JSON"),
        (f'{{{KEYS}, "Note": "x"}}', "f:1: Note: there is no such field; expected organization, application_id"),
        (f'{{{KEYS}, "author": "Ada"}}', 'f:1: author: expected an object with first_name and last_name, got "Ada"'),
        (f'{{{KEYS}, "author": {{"name": "Ada"}}}}', "f:1: author.name: there is no such field"),
        (f'{{{KEYS}, "author": {{"first_name": "Ada"}}}}', "f:1: author.last_name: it is missing"),
        (f'{{{KEYS}, "author": {{"last_name": "B"}}}}', "f:1: author.first_name: it is missing"),
        (f'{{{KEYS}, "note": 5}}', "f:1: note: expected a text, got 5"),
        (f'{{{KEYS}, "note": {{}}}}', "f:1: note: expected a text, got an object"),
        (f'{{{KEYS}, "note": ["{LONG}"]}}', "f:1: note: expected a text, got an array"),
        (f'{{{KEYS}, "note": "a\\u0000b"}}', "f:1: note: it holds a NUL character"),
        (f'{{{KEYS}, "created_at": true}}', "f:1: created_at: expected epoch milliseconds"),
        (f'{{{KEYS}, "created_at": 1.5}}', "f:1: created_at: expected epoch milliseconds"),
        (f'{{{KEYS}, "created_at": 1484864187}}', "f:1: created_at: 1484864187 looks like seconds"),
        (f'{{{KEYS}, "created_at": "yesterday"}}', "f:1: created_at: expected epoch milliseconds or a time such as"),
        (
            f'{{{KEYS}, "created_at": "2017-01-19T22:16:28"}}',
            "f:1: created_at: '2017-01-19T22:16:28' has no zone: add Z",
        ),
        (f'{{{KEYS}, "created_at": "1{LONG}"}}', "f:1: created_at: expected epoch milliseconds"),
        (f'{{{KEYS}, "deleted": "perhaps"}}', 'f:1: deleted: expected true or false, got "perhaps"'),
        (f'{{{KEYS}, "deleted": 1}}', "f:1: deleted: expected true or false, got 1"),
        ('{"application_id": "a", "note_id": "n"}', "f:1: organization: it is missing, and no organization was named"),
        ('{"organization": "x", "application_id": "a", "note_id": "n"}', "f:1: organization: expected an organization"),
        ('{"organization": "7", "application_id": "a"}', "f:1: note_id: it is missing or blank"),
        ('{"organization": "7", "application_id": " ", "note_id": "n"}', "f:1: application_id: it is missing or blank"),
        (f'{{{KEYS}, "note": "{"x" * LINE_BYTES_MAX}"}}', "f:1: it is longer than 8,000,000 bytes"),
        ("application_id,note_id,Note\n", "f:1: Note: there is no such column; expected organization"),
        ("application_id;note_id;nota\n", "f:1: nota: there is no such column"),
        ("application_id,note_id,note_id\n", "f:1: note_id: the column is there twice"),
        ("application_id,note\n", "f:1: note_id: the column is missing"),
        ('"application_id\n', "f:1"),
        ("organization,application_id,note_id\n7,a\n", "f:2: expected 3 fields as in the first line, got 2"),
        ('organization,application_id,note_id\n7,a,"n"x\n', "f:2: it is no CSV"),
        ('organization,application_id,note_id\n7,a,"n\n', "f:2: it is no CSV"),
        ("organization,application_id,note_id,note\n7,a,n,x\0y\n", "f:1: it holds NUL bytes"),
    ],
)
def test_a_bad_line_is_named_with_field_and_reason(line: str, expected: str):
    assert only_fault(line.encode()).startswith(expected)


def test_nul_far_into_a_file_is_named_with_its_line():
    rows = "organization,application_id,note_id,note\n" + "7,a,n,x\n" * 1_000 + "7,a,n,x\0y\n7,a,n,z\n"
    items = read(rows.encode())
    assert [str(item) for item in items if isinstance(item, BadLine)] == ["f:1002: note: it holds a NUL character"]
    assert len(items) == 1_002


def test_the_lines_around_a_bad_one_go_in():
    lines = [NDJSON.encode(), b"oops\n", b"\xff\xfe bytes\n", b"x" * (LINE_BYTES_MAX + 5) + b"\n", NDJSON.encode()]
    kinds = [type(item).__name__ for item in read(b"".join(lines))]
    assert kinds == ["Found", "BadLine", "BadLine", "BadLine", "Found"]
    header = b"organization,application_id,note_id,note\n"
    rows = header + b'7,a,n,ok\n7,a,"n"x,bad\n7,a,n,na\xefve\n7,a,n,"' + b"y" * (LINE_BYTES_MAX + 5) + b'"\n7,a,n,ok\n'
    items = read(rows)
    assert [str(item)[:3] if isinstance(item, BadLine) else "ok" for item in items] == ["ok", "f:3", "f:4", "f:5", "ok"]


def test_a_wrong_encoding_is_named_and_the_right_one_helps():
    rows = "organization,application_id,note_id,note\n7,a,n,na\xefve \x92\n".encode("windows-1252", "replace")
    assert only_fault(rows) == "f:2: note: the byte 0xef is no UTF-8: it may be windows-1252, say so with --encoding"
    (change,) = changes(rows, Reading(encoding="windows-1252"))
    assert change.entity == ApplicationNote(note="na\xefve ?")
    japanese = "organization,application_id,note_id,note\n7,a,n,\u9762\u8a71\n".encode("shift_jis")
    assert changes(japanese, Reading(encoding="shift_jis"))[0].entity == ApplicationNote(note="\u9762\u8a71")
    assert "is no ASCII" in str(read(rows, Reading(encoding="ascii"))[0])


def test_the_ending_of_the_name_decides_where_the_first_line_is_garbage():
    data = b"garbage\n" + NDJSON.encode()
    assert [type(item) for item in read_changes(io.BytesIO(data), "notes.NDJSON", READING)] == [BadLine, Found]
    (bad,) = read_changes(io.BytesIO(NDJSON.encode()), "notes.csv", READING)
    assert isinstance(bad, BadLine)


def test_how_much_was_read_is_told():
    told: list[int] = []
    data = CSV.encode()
    list(read_changes(io.BytesIO(data), "f", READING, told.append))
    assert told == [len(data)]


@given(
    st.binary(max_size=300)
    | st.text(alphabet='{}[]":,\n\r;\t\0ab\ud800 ', max_size=200).map(
        lambda text: text.encode("utf-8", "surrogatepass")
    )
)
def test_any_bytes_are_records_or_bad_lines(data: bytes):
    assert all(isinstance(item, Found | BadLine) for item in read(data))
    assert all(isinstance(item, Found | BadLine) for item in read(",".join(COLUMNS).encode() + b"\n" + data))


# ---------------------------------------------------------------- what we write is read

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
IDS = TEXT.filter(lambda text: bool(text.strip()))
MOMENTS = st.none() | st.integers(100_000_000_000, 10**15)
NOTES = st.builds(
    ApplicationNote,
    note=st.none() | TEXT,
    author=st.none() | st.builds(Actor, first_name=TEXT, last_name=TEXT),
    created_at=MOMENTS,
    last_modified_at=MOMENTS,
)


@given(st.builds(ApplicationNoteKey, st.just(KEY[0]), IDS, IDS), st.none() | NOTES, st.none() | st.text())
def test_a_written_record_is_read_as_the_same_change(
    key: ApplicationNoteKey, note: ApplicationNote | None, reason: str | None
):
    change = Change.delete(key, modified_at=10**12) if note is None else Change.upsert(key, note)
    written = write(change)
    standing, _ = add_version(None, written.version, Millis(1))
    row = Row(1, written.key, Millis(1), replace(standing, state=State.PARKED, reason=reason))
    line = format_record(row, written.body)
    assert line.count("\n") == 1
    assert json.loads(line).get("reason") == (reason or None)
    assert changes(line.encode(), Reading(urgency=Urgency.LIVE)) == [change]


@pytest.mark.parametrize("body", [None, b"", b"null", b"[1]"])
def test_content_that_is_none_is_left_out(body: bytes | None):
    written = write(Change.upsert(KEY, NOTE))
    standing, _ = add_version(None, written.version, Millis(1))
    assert set(json.loads(format_record(Row(1, written.key, Millis(1), standing), body))) == {
        "organization",
        "application_id",
        "note_id",
    }
