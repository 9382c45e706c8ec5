"""Client secrets and access tokens: how they are made, what of them is kept, how they are compared.

Only digests are kept: scrypt for secrets (a person may have chosen one), SHA-256 for tokens (256 random bits and more).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable

Random = Callable[[int], bytes]
"""So many bytes that nobody can guess. Composition roots pass the operating system's."""

TOKEN_BYTES = 48
SECRET_BYTES = 32
SECRET_CHARACTERS_MAX = 256
"""The official Java SDK accepts secrets up to this length."""
_SCRYPT_BLOCK, _SCRYPT_LANES, _SALT_BYTES, _DIGEST_BYTES = 8, 1, 16, 32
_CLIENT_ID = re.compile(r"[A-Za-z0-9._~-]{1,128}", re.ASCII)


def is_client_id(text: str) -> bool:
    """Whether a text can be a client id at all: letters, digits, ``. _ ~ -``, at most 128 of them."""
    return _CLIENT_ID.fullmatch(text) is not None


def new_client_id(random: Random) -> str:
    """A client id as the platform gives them out: 14 lower-case letters and digits."""
    return base64.b32encode(random(9)).decode().lower()[:14]


def new_secret(random: Random) -> str:
    """A client secret: 256 random bits behind the prefix real ones carry, which finds them in leaked text."""
    return "WPL_AP1." + base64.urlsafe_b64encode(random(SECRET_BYTES)).decode()


def new_token(random: Random) -> str:
    """An access token: 384 random bits."""
    return "AQ" + base64.urlsafe_b64encode(random(TOKEN_BYTES)).decode()


def token_digest(token: str) -> bytes:
    """What is kept of a token. Any text has one, so that an unknown token costs no more than a known one."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def secret_digest(secret: str, random: Random, cost: int) -> str:
    """What is kept of a secret: the parameters, the salt and scrypt's answer. Takes its time: not on an event loop."""
    salt = random(_SALT_BYTES)
    return f"scrypt${cost}${salt.hex()}${_scrypt(secret, salt, cost).hex()}"


def secret_matches(secret: str, digest: str) -> bool:
    """Whether ``secret`` is the one ``digest`` was made of, in constant time. Takes its time: not on an event loop."""
    _, cost, salt, expected = digest.split("$")
    return hmac.compare_digest(_scrypt(secret, bytes.fromhex(salt), int(cost)).hex(), expected)


def _scrypt(secret: str, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(
        secret.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=2**cost,
        r=_SCRYPT_BLOCK,
        p=_SCRYPT_LANES,
        maxmem=2**cost * _SCRYPT_BLOCK * 256,
        dklen=_DIGEST_BYTES,
    )
