"""Webhook signatures: HMAC-SHA256 under the child application's secret, over the bytes that were sent.

A body is never parsed and written again before it is verified: the signature is about bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from hirewire.wire.body import read_json
from hirewire.wire.errors import Ours, Theirs

SIGNATURE_HEADER = "X-LI-Signature"

_HEADER_PREFIX = "hmacsha256="
_HEX = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Profile:
    """One reading of how events are signed: which bytes go before the body."""

    name: str
    message_prefix: bytes


PREFIXED = Profile("prefixed", b"hmacsha256=")
"""The documented rule (D-HOOK): the body "prefixed by hmacsha256="."""
RAW_BODY = Profile("raw-body", b"")
"""What some public receivers implement instead. A receiver takes it only where its owner asked for it."""
PROFILES = {profile.name: profile for profile in (PREFIXED, RAW_BODY)}


def sign(profile: Profile, secret: str, body: bytes) -> str:
    """The value of ``X-LI-Signature``: 64 lower-case hex digits. Ours when the secret is empty."""
    return _hmac(secret, profile.message_prefix + body)


def verify(profile: Profile, secret: str, body: bytes, header: str | None) -> bool:
    """Whether a header is the signature of exactly these bytes, compared in constant time.

    Hex in either case is taken, with or without ``hmacsha256=`` before it; anything else is no signature. Ours when
    our own secret is empty: everybody could sign with it.
    """
    expected = sign(profile, secret, body)
    given = (header or "").strip()
    if given[: len(_HEADER_PREFIX)].lower() == _HEADER_PREFIX:
        given = given[len(_HEADER_PREFIX) :]
    return _HEX.fullmatch(given) is not None and hmac.compare_digest(expected, given.lower())


def challenge_response(secret: str, code: str) -> str:
    """What proves to the platform that a callback URL belongs to the application: HMAC of the challenge code."""
    return _hmac(secret, _utf8(code, "challenge code"))


def challenge_answer(secret: str, code: str) -> dict[str, str]:
    """The JSON object a receiver answers ``?challengeCode=...`` with."""
    return {"challengeCode": code, "challengeResponse": challenge_response(secret, code)}


def is_challenge_answer(secret: str, code: str, body: bytes) -> bool:
    """Whether a receiver's answer to a challenge is right; anything that is not the JSON expected is wrong."""
    expected = challenge_answer(secret, code)
    try:
        answer = read_json(body)
    except Theirs:
        return False
    given = answer.get("challengeResponse") if isinstance(answer, dict) else None
    if not isinstance(given, str) or answer.get("challengeCode", code) != code:
        return False
    return _HEX.fullmatch(given) is not None and hmac.compare_digest(expected["challengeResponse"], given.lower())


def _hmac(secret: str, message: bytes) -> str:
    if not secret:
        raise Ours("the client secret is empty: set the secret of the child application", where="secret")
    return hmac.new(_utf8(secret, "secret"), message, hashlib.sha256).hexdigest()


def _utf8(text: str, where: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Ours("holds a lone surrogate, which has no bytes to sign", where=where) from None
