"""Webhook signatures against the published test vectors, and against everything that is no signature."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.wire.body import write_json
from hirewire.wire.errors import Ours
from hirewire.wire.signature import (
    PREFIXED,
    PROFILES,
    RAW_BODY,
    Profile,
    challenge_answer,
    challenge_response,
    is_challenge_answer,
    sign,
    verify,
)

SECRET = "example-client-secret"
EVENT = b'{"prospectNoteId":"1323073443","type":"DELETE_PROSPECT_NOTE","integrationContext":"urn:li:contract:123"}'
SIGNATURE = "04f69a0a795ce767336f5a51c66f971bcad7363c057944d6ff29d73dbd083748"
CODE = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
CODE_RESPONSE = "ac5f5ebec250543618c192df328c98bb121cf6b7ec43c98a553cf318fc81dec6"


def test_the_published_vectors() -> None:
    assert sign(PREFIXED, SECRET, EVENT) == SIGNATURE
    assert challenge_response(SECRET, CODE) == CODE_RESPONSE
    assert challenge_answer(SECRET, CODE) == {"challengeCode": CODE, "challengeResponse": CODE_RESPONSE}


@pytest.mark.parametrize(
    "header",
    [SIGNATURE, SIGNATURE.upper(), f" {SIGNATURE}\t", f"hmacsha256={SIGNATURE}", f"HmacSHA256={SIGNATURE.upper()}"],
)
def test_hex_in_either_case_with_or_without_the_prefix_is_taken(header: str) -> None:
    assert verify(PREFIXED, SECRET, EVENT, header)


@pytest.mark.parametrize(
    "header",
    [None, "", "hmacsha256=", SIGNATURE[:-1], SIGNATURE + "0", SIGNATURE[:-1] + "9", f"sha256={SIGNATURE}", "０" * 64]
    + [f"hmacsha256=hmacsha256={SIGNATURE}", f"{SIGNATURE},{SIGNATURE}", "\ud800" * 64, "x" * 100_000],
)
def test_anything_else_is_no_signature(header: str | None) -> None:
    assert not verify(PREFIXED, SECRET, EVENT, header)


@given(st.sampled_from(list(PROFILES.values())), st.text(min_size=1).filter(str.isascii), st.binary())
def test_what_is_signed_verifies_under_the_same_profile_secret_and_bytes_only(
    profile: Profile, secret: str, body: bytes
) -> None:
    header = sign(profile, secret, body)
    assert verify(profile, secret, body, header)
    assert not verify(profile, secret + "x", body, header)
    assert not verify(profile, secret, body + b" ", header)
    other = RAW_BODY if profile is PREFIXED else PREFIXED
    assert not verify(other, secret, body, header)


def test_the_compatibility_profile_signs_the_bare_body() -> None:
    assert PROFILES == {"prefixed": PREFIXED, "raw-body": RAW_BODY}
    assert sign(RAW_BODY, SECRET, b"hmacsha256=" + EVENT) == SIGNATURE


@pytest.mark.parametrize("secret", ["", "\ud800"])
def test_a_secret_nobody_can_have_is_our_mistake(secret: str) -> None:
    with pytest.raises(Ours):
        verify(PREFIXED, secret, EVENT, SIGNATURE)


def test_a_challenge_code_beyond_unicode_is_our_mistake() -> None:
    with pytest.raises(Ours, match="challenge code: holds a lone surrogate"):
        challenge_response(SECRET, "\udfff")


def test_a_right_challenge_answer_is_recognised() -> None:
    assert is_challenge_answer(SECRET, CODE, write_json(challenge_answer(SECRET, CODE)))
    assert is_challenge_answer(SECRET, CODE, write_json({"challengeResponse": CODE_RESPONSE.upper()}))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"challengeResponse": 1}',
        write_json({"challengeCode": CODE, "challengeResponse": SIGNATURE}),
        write_json({"challengeCode": "another", "challengeResponse": CODE_RESPONSE}),
        write_json({"challengeCode": CODE, "challengeResponse": CODE_RESPONSE[:-1]}),
        write_json({"challengeCode": CODE, "challengeResponse": "é" * 64}),
    ],
)
def test_a_wrong_challenge_answer_is_wrong_not_an_error(body: bytes) -> None:
    assert not is_challenge_answer(SECRET, CODE, body)
