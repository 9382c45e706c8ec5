"""Which protocol a request asks for, from its header alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.wire.errors import Theirs
from hirewire.wire.protocol import Protocol, read_protocol


@pytest.mark.parametrize(
    ("header", "protocol"),
    [
        (None, Protocol.V1),
        ("1.0.0", Protocol.V1),
        ("1.2.3", Protocol.V1),
        ("1.2.3-alpha", Protocol.V1),
        ("1.99.2147483647", Protocol.V1),
        ("01.0.0", Protocol.V1),
        ("2.0.0", Protocol.V2),
        ("2.0.0-", Protocol.V2),
        ("2.0.0-rc1-x", Protocol.V2),
    ],
)
def test_a_version_between_the_bounds_selects_its_protocol(header: str | None, protocol: Protocol) -> None:
    assert read_protocol(header) is protocol


@pytest.mark.parametrize("header", ["0.9.1", "0.0.0", "2.0.1", "2.1.0", "3.0.0"])
def test_a_version_outside_the_bounds_is_refused_in_the_references_words(header: str) -> None:
    with pytest.raises(
        Theirs, match=f"Rest.li protocol version {header} used by the client is not supported!"
    ) as error:
        read_protocol(header)
    assert error.value.status == 400


@pytest.mark.parametrize(
    "header",
    ["", " ", "1", "1.2", "2.0", "abc", "1.2.illegal", "1.2-illegal", "1.2.3-alpha.beta", "1.2.3.4", "2.0.0 ", "+2.0.0"]
    + ["2.0.0\n", "２.０.０", "1.0." + "9" * 5000],
)
def test_a_malformed_version_is_400_and_names_the_header(header: str) -> None:
    with pytest.raises(Theirs, match="X-RestLi-Protocol-Version: expected a version such as 2.0.0, got") as error:
        read_protocol(header)
    assert error.value.status == 400
    assert len(str(error.value)) < 300


@given(st.text())
def test_any_header_gives_a_protocol_or_a_refusal(header: str) -> None:
    try:
        assert read_protocol(header) in Protocol
    except Theirs as error:
        assert error.status == 400


def test_each_protocol_has_its_own_headers_and_is_read_back_from_its_value() -> None:
    assert [(protocol.id_header, protocol.error_header) for protocol in Protocol] == [
        ("X-LinkedIn-Id", "X-LinkedIn-Error-Response"),
        ("X-RestLi-Id", "X-RestLi-Error-Response"),
    ]
    assert [read_protocol(protocol.value) for protocol in Protocol] == list(Protocol)
