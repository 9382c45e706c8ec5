"""Two sides that hold the same records, in whatever order, have the same digest; otherwise they differ."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hirewire.catalog.application_notes import ApplicationNote, ApplicationNoteKey
from hirewire.catalog.digest import ContentDigest, entity_bytes

RECORDS = st.dictionaries(
    st.builds(ApplicationNoteKey, st.text(max_size=3), st.text(max_size=3), st.text(max_size=3)),
    st.builds(ApplicationNote, note=st.none() | st.text(max_size=5)),
    max_size=5,
)


def digest(records) -> tuple[str, int]:
    added = ContentDigest()
    for key, entity in records:
        added.add(key, entity)
    return added.hexdigest(), added.count


@given(RECORDS, st.randoms(use_true_random=False))
def test_order_does_not_matter(records, random):
    shuffled = list(records.items())
    random.shuffle(shuffled)
    assert digest(records.items()) == digest(shuffled)


@given(RECORDS, RECORDS)
def test_digests_are_equal_exactly_when_the_records_are(one, other):
    assert (digest(one.items()) == digest(other.items())) == (one == other)


def test_an_entity_and_its_bytes_count_the_same():
    key, note = ApplicationNoteKey("urn:li:organization:1", "a", "n"), ApplicationNote(note="x", created_at=1)
    assert digest([(key, note)]) == digest([(tuple(key), entity_bytes(note))])
