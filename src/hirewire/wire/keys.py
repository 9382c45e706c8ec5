"""Keys in every place one can stand: path segment, query value, body member, id header; both versions, both ways.

Keys compare as values, never as text: parts come in any order, escaped or not. That a key has exactly the parts its
resource declares is the catalog's to check. A whole batch of keys in a query is query.py's.
"""

from __future__ import annotations

import enum
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeAlias

from hirewire.wire import fast_path, v1, v2
from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.percent import Escape, decode, decode_form
from hirewire.wire.protocol import PROTOCOL_HEADER, Protocol
from hirewire.wire.tree import MAX_DEPTH, Read, Scalar, Tree, check_text, is_map, plain_text


class KeyKind(enum.Enum):
    """How a resource is keyed: by one value, by a record, or by the parts of an association."""

    SIMPLE = "simple"
    COMPLEX = "complex"
    ASSOCIATION = "association"


class Place(enum.Enum):
    """Where a key stands; the value is what errors call it. BODY is a member of ``entities`` or ``results``."""

    PATH = "path segment"
    QUERY = "query parameter 'ids'"
    BODY = "body key"
    HEADER = "id header"


WireKey: TypeAlias = str | dict[str, Read]
"""A key as read: a SIMPLE one is its text, the others their parts, ``$params`` left out."""

Key: TypeAlias = Scalar | Mapping[str, Tree]
"""A key as writers take it."""

PARAMS = "$params"
"""The part of a complex key that only decorates a request: no part of its identity, never in responses."""

_ESCAPES_V2: dict[Place, Escape] = {
    Place.PATH: v2.escape_path,
    Place.QUERY: v2.escape_query,
    Place.BODY: v2.escape_body,
    Place.HEADER: v2.escape_header,
}
# As a body member and in a header a simple key is its bare text under both versions.
_BARE = frozenset([Place.BODY, Place.HEADER])
# RFC 3986 has these two resolved away; escaped they reach the server.
_DOT_SEGMENTS = {".": "%2E", "..": "%2E%2E"}


def read_key(text: str, kind: KeyKind, place: Place, protocol: Protocol) -> WireKey:
    """The key a text stands for. Under 1.0.0 a complex key has no text in a query: :func:`query.read_batch`.

    Raises:
        Theirs: 400 with the place, the character where known, and what to send instead.

    >>> read_key("b=2&a=urn%3Ali%3Ax%3A1", KeyKind.COMPLEX, Place.BODY, Protocol.V1)
    {'b': '2', 'a': 'urn:li:x:1'}
    >>> read_key("($params:(),a:x)", KeyKind.COMPLEX, Place.PATH, Protocol.V2)
    {'a': 'x'}
    """
    if kind is KeyKind.SIMPLE:
        return _read_simple(text, place, protocol)
    parts = _read_parts_v1(text, kind, place) if protocol is Protocol.V1 else _read_parts_v2(text, place)
    return identity(parts, place.value) if kind is KeyKind.COMPLEX else parts


def read_keys(
    texts: Iterable[str], kind: KeyKind, place: Place, protocol: Protocol, parts: Sequence[str] = ()
) -> list[WireKey]:
    """As many keys as texts, in their order; with the names of a key's ``parts``, a batch of them fast.

    Raises:
        Theirs: 400 naming the first text that is no key.
    """
    texts = list(texts)
    if kind is KeyKind.COMPLEX and place is Place.BODY:
        fast = fast_path.body_keys(texts, parts, protocol)
        if fast is not None:
            return [*fast]
    return [_read_named(text, kind, place, protocol) for text in texts]


def write_key(
    key: Key,
    kind: KeyKind,
    place: Place,
    protocol: Protocol,
    *,
    params: Mapping[str, Tree] | None = None,
) -> str:
    """The canonical text of a key: parts sorted by name, values escaped as the place asks.

    Args:
        key: the value or the parts.
        params: what to send as ``$params`` of a complex key. Requests only.

    Raises:
        Ours: the key does not fit its kind, or the place cannot carry it.

    >>> write_key({"b": "x y", "a": "urn:li:x:1"}, KeyKind.COMPLEX, Place.PATH, Protocol.V2)
    '(a:urn%3Ali%3Ax%3A1,b:x%20y)'
    >>> write_key("株", KeyKind.SIMPLE, Place.PATH, Protocol.V1)
    '%E6%A0%AA'
    """
    if params is not None and kind is not KeyKind.COMPLEX:
        raise Ours(f"expected {PARAMS} only with a complex key, got them with one of kind {kind.value}")
    if kind is KeyKind.SIMPLE:
        return _write_simple(key, place, protocol)
    if not is_map(key):
        raise Ours(f"expected the parts of a key of kind {kind.value}, got a {type(key).__name__}")
    if not key:
        raise Ours(f"expected at least one part in a key of kind {kind.value}, got none")
    parts = key if params is None else {**key, PARAMS: params}
    if protocol is Protocol.V2:
        return v2.write_element(parts, _ESCAPES_V2[place])
    return _write_parts_v1(parts, kind, place)


def write_keys(keys: Iterable[Key], kind: KeyKind, place: Place, protocol: Protocol) -> list[str]:
    """:func:`write_key` for each key; the body keys of a batch fast.

    Raises:
        Ours: as :func:`write_key`.
    """
    keys = list(keys)
    if kind is KeyKind.COMPLEX and place is Place.BODY:
        records = [key for key in keys if is_map(key)]
        fast = fast_path.write_body_keys(records, protocol)
        if fast is not None and len(fast) == len(keys):
            return fast
    return [write_key(key, kind, place, protocol) for key in keys]


def freeze(key: WireKey) -> Hashable:
    """A hashable that is equal for equal keys only: for sets and dictionaries of keys.

    >>> freeze({"a": "1", "b": "2"}) == freeze({"b": "2", "a": "1"})
    True
    """
    if isinstance(key, str):
        return key
    try:
        return frozenset(key.items())
    except TypeError:  # a part that is a list or a map
        return _frozen(key, 0)


def identity(parts: dict[str, Read], where: str) -> dict[str, Read]:
    """A complex key without its ``$params``.

    Raises:
        Theirs: ``$params`` that are no record.
    """
    params = parts.pop(PARAMS, {})
    if not isinstance(params, dict):
        raise Theirs(f"expected a record as {PARAMS}, got {params!r:.80}", where=where)
    return parts


def _read_named(text: str, kind: KeyKind, place: Place, protocol: Protocol) -> WireKey:
    try:
        return read_key(text, kind, place, protocol)
    except Theirs as error:
        shown = text if len(text) <= 200 else f"{text[:197]}..."
        # The sentence up to the colon is the reference's own.
        message = f"Invalid key: {shown!r}: {error.message}"
        raise Theirs(message, where=place.value, offset=error.offset) from error


def _read_simple(text: str, place: Place, protocol: Protocol) -> str:
    check_text(text, place.value)
    if place in _BARE:
        return text
    if protocol is Protocol.V1:
        return decode_form(text, place.value)
    element = v2.read_element(text, place.value)
    if not isinstance(element, str):
        raise Theirs(f"expected one value as key, got the list or map {text!r:.80}", where=place.value)
    return element


def _read_parts_v1(text: str, kind: KeyKind, place: Place) -> dict[str, Read]:
    if place is Place.QUERY:
        if kind is KeyKind.COMPLEX:
            raise _no_text_in_query()
        text = decode_form(text, place.value)
    if text.startswith("(") and text.endswith(")"):
        raise Theirs(v1.NEEDS_HEADER, where=place.value)
    if kind is KeyKind.COMPLEX:
        return v1.read_query(text, place.value)
    return v1.read_association(text, place.value)


def _read_parts_v2(text: str, place: Place) -> dict[str, Read]:
    # "a whole key in a path is encoded entirely", a page on the protocol says of clients; no element begins so.
    if place is Place.PATH and text[:3].upper() == "%28":
        text = decode(text, place.value)
    if place is Place.BODY and "=" in text and not text.startswith("("):
        raise Theirs(
            f"expected (name:value,...) as under 2.0.0, got the 1.0.0 form: send no {PROTOCOL_HEADER}, or rewrite it",
            where=place.value,
        )
    element = v2.read_element(text, place.value)
    if not isinstance(element, dict):
        raise Theirs(f"expected a key written (name:value,...), got {text!r:.80}", where=place.value)
    return element


def _write_simple(key: Key, place: Place, protocol: Protocol) -> str:
    text = plain_text(key)
    if place in _BARE:
        return _header_safe(text) if place is Place.HEADER else text
    if protocol is Protocol.V2:
        written = v2.write_string(text, _ESCAPES_V2[place])
    elif text or place is Place.QUERY:
        written = v1.escape_form(text)
    else:
        raise Ours("an empty key cannot be a path segment under 1.0.0")
    return _DOT_SEGMENTS.get(written, written) if place is Place.PATH else written


def _write_parts_v1(parts: Mapping[str, Tree], kind: KeyKind, place: Place) -> str:
    if kind is KeyKind.COMPLEX:
        if place is Place.QUERY:
            raise _no_text_in_query()
        text = v1.write_key(parts)
        if not text:
            raise Ours("expected at least one part that is not an empty list or map, got none")
        return text
    text = v1.write_association(parts)
    return v1.escape_query(text) if place is Place.QUERY else text


def _no_text_in_query() -> Ours:
    return Ours("under 1.0.0 a complex key in a query is several parameters: use read_batch or write_batch")


def _header_safe(text: str) -> str:
    """Nothing can be escaped in the id header of a simple key, so a line end must not get there."""
    if any(character < " " or character == "\x7f" for character in text):
        raise Ours(f"a header cannot hold the control characters in {text!r:.80}")
    return text


def _frozen(value: Read, depth: int) -> Hashable:
    if depth > MAX_DEPTH:
        raise Ours(f"expected at most {MAX_DEPTH} lists and maps inside one another, got more")
    if isinstance(value, dict):
        return frozenset((name, _frozen(item, depth + 1)) for name, item in value.items())
    if isinstance(value, list):
        return tuple(_frozen(item, depth + 1) for item in value)
    return value
