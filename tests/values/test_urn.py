"""URNs: what is one, of which kind, and what is said of a text that is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.values.urn import Urn, UrnError, UrnKind


@pytest.mark.parametrize(
    ("text", "kind", "id"),
    [
        ("urn:li:organization:12345", UrnKind.ORGANIZATION, "12345"),
        ("urn:li:person:-a_B9", UrnKind.PERSON, "-a_B9"),
        ("urn:li:jobApplication:1", UrnKind.JOB_APPLICATION, "1"),
    ],
)
def test_a_urn_is_read_and_written_back(text: str, kind: UrnKind, id: str):
    assert Urn.parse(text) == Urn(kind, id)
    assert str(Urn(kind, id)) == text


@pytest.mark.parametrize(
    ("text", "wrong_id"),
    [
        ("urn:li:organization:", True),
        ("urn:li:organization:12a", True),
        ("urn:li:organization:12:3", True),
        ("urn:li:organization:١٢", True),
        ("urn:li:organization:12\n", True),
        ("urn:li:organization:" + "1" * 20, True),
        ("urn:li:contract:1", False),
        ("urn:li:planet:1", False),
        ("URN:li:organization:1", False),
        ("urn:xx:organization:1", False),
        ("organization:1", False),
        ("12345", False),
        ("", False),
    ],
)
def test_other_texts_are_refused_with_what_was_expected(text: str, wrong_id: bool):
    with pytest.raises(UrnError, match=r"expected urn:li:organization:\{id\}") as refused:
        Urn.parse(text, UrnKind.ORGANIZATION)
    assert refused.value.wrong_id is wrong_id


@given(st.text())
def test_any_text_is_a_urn_or_an_error(text: str):
    try:
        assert str(Urn.parse(text)) == text
    except UrnError:
        pass
