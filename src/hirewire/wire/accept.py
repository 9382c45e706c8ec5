"""Is JSON acceptable to the peer? Nothing else is ever answered, so the Accept header has no other use."""

from __future__ import annotations

import re

from hirewire.wire.errors import Theirs
from hirewire.wire.media import MediaType, read_media_types

JSON = "application/json"

# How closely a range names JSON: a closer one beats a wider one, so "application/json;q=0, */*" declines JSON. A lone
# "*" is what Java's HttpURLConnection sends by default. A client that can take multipart/related (streamed
# attachments, which nothing here has) takes plain JSON too, as the reference answers it.
_CLOSENESS = {JSON: 3, "application/*": 2, "*/*": 1, "*": 1, "multipart/related": 0}
_WEIGHT = re.compile(r"[01](?:\.[0-9]*)?|\.[0-9]+", re.ASCII)


def check_accept(header: str | None) -> None:
    """Return when a JSON answer is acceptable; an absent or empty header accepts everything.

    Raises:
        Theirs: 406 when JSON is not acceptable, 400 when the header is malformed.
    """
    ranges = read_media_types(header or "")
    if ranges is None:
        raise Theirs(f"expected media types such as {JSON}, got {(header or '')[:200]!r}", where="header Accept")
    offers = [(_CLOSENESS[media.name], _weight(media)) for media in ranges if media.name in _CLOSENESS]
    if ranges and max(offers, default=(0, 0.0))[1] <= 0:
        raise Theirs(
            f"only {JSON} is answered, and {(header or '')[:200]!r} does not accept it",
            where="header Accept",
            status=406,
        )


def _weight(media: MediaType) -> float:
    text = media.parameters.get("q", "1")
    if not _WEIGHT.fullmatch(text):
        raise Theirs(f"expected a weight from 0 to 1 after q=, got {text[:40]!r}", where="header Accept")
    return float(text)
