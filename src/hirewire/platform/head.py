"""The head of a request as a value, and what is checked on it before a byte of the body is read.

The target is the raw one: a decoded path has lost ``%2F`` and ``%26`` inside keys.
"""

from __future__ import annotations

from dataclasses import dataclass

from hirewire.catalog.call import Refusal
from hirewire.catalog.errors import CallError, empty_token, unknown_scheme
from hirewire.values.time import Millis
from hirewire.wire.errors import WireError
from hirewire.wire.http import Headers
from hirewire.wire.protocol import PROTOCOL_HEADER, Protocol, read_protocol

URL_BYTES_MAX = 8_192
QUERY_BYTES_MAX = 4_096
SEGMENT_BYTES_MAX = 4_096
HEAD_BYTES_MAX = 28_672
"""What the documents allow (query tunnelling): 8 KB of URL, 4 KB of query or path segment, 28 KB of head."""


@dataclass(frozen=True, slots=True)
class Head:
    """Everything known of a request when its head has arrived.

    ``size_bytes`` counts request line and header lines; ``client`` is the peer's address, or what a trusted proxy says
    it is; ``started`` is monotonic seconds.
    """

    verb: str
    path: str
    query: str
    headers: Headers
    scheme: str
    client: str | None
    size_bytes: int
    request_id: str
    arrived: Millis
    started: float

    @property
    def target(self) -> str:
        """The raw target."""
        return f"{self.path}?{self.query}" if self.query else self.path


def protocol_of(head: Head) -> Protocol:
    """In which protocol's terms to refuse a request that may not even have named one."""
    try:
        return read_protocol(head.headers.get(PROTOCOL_HEADER))
    except WireError:
        return Protocol.V1


def read_bearer(header: str | None) -> str:
    """The token of an Authorization header.

    Raises:
        CallError: 401 when there is none, or when it is not a Bearer token.
    """
    scheme, _, token = (header or "").strip().partition(" ")
    if not scheme:
        raise CallError(empty_token())
    if scheme.lower() != "bearer":
        raise CallError(unknown_scheme())
    if not token.strip():
        raise CallError(empty_token())
    return token.strip()


def check_sizes(head: Head) -> None:
    """Refuse a target or head beyond the documented sizes, with a 414 that says which, and what to do."""
    host = head.headers.get("Host") or ""
    path, query = len(head.path), len(head.query)
    url = len(head.scheme) + len("://") + len(host) + path + (query + 1 if query else 0)
    segment = max(map(len, head.path.split("/"))) if path > SEGMENT_BYTES_MAX else 0
    for what, size, most in (
        ("query string", query, QUERY_BYTES_MAX),
        ("path segment", segment, SEGMENT_BYTES_MAX),
        ("URL", url, URL_BYTES_MAX),
        ("headers with the URL", head.size_bytes, HEAD_BYTES_MAX),
    ):
        if size > most:
            message = f"The {what} is {size} bytes long, at most {most} are allowed: tunnel the query in the body"
            raise CallError(Refusal(414, "URI_TOO_LONG", message))


def check_length(head: Head, body_bytes_max: int) -> None:
    """Refuse a POST that does not say whether it has a body (411), and a body declared too long (413)."""
    declared = head.headers.get("Content-Length")
    if declared is None and head.verb == "POST" and head.headers.get("Transfer-Encoding") is None:
        message = "A POST needs a Content-Length header, also when its body is empty"
        raise CallError(Refusal(411, "LENGTH_REQUIRED", message))
    if declared is not None and declared.isdecimal() and int(declared[:20]) > body_bytes_max:
        raise CallError(body_too_large(body_bytes_max))


def body_too_large(body_bytes_max: int) -> Refusal:
    """The body is longer than this platform reads."""
    return Refusal(413, "REQUEST_ENTITY_TOO_LARGE", f"The request body is longer than {body_bytes_max} bytes")


def body_too_slow(timeout_s: float) -> Refusal:
    """The body did not arrive in time."""
    return Refusal(408, "REQUEST_TIMEOUT", f"The request body did not arrive within {timeout_s:g} seconds")
