"""Queries: parameters, the batch of keys in ``ids``, array parameters, and paging with its links.

What a parameter means is the catalog's; which method a query asks for is methods.py's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from hirewire.wire import fast_path, v1, v2
from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.keys import Key, KeyKind, Place, WireKey, freeze, identity, read_key, write_key
from hirewire.wire.percent import UNRESERVED, check_uri, decode_form, escaper
from hirewire.wire.projection import MASK_PARAMETERS, write_mask
from hirewire.wire.protocol import PROTOCOL_HEADER, Protocol
from hirewire.wire.tree import MAX_VALUES, Read, Tree, check_text, is_list, is_map, plain_text

IDS = "ids"
"""The parameter that holds the keys of a batch."""

_NONE: Mapping[str, Tree] = MappingProxyType({})


def read_query(text: str, protocol: Protocol) -> dict[str, Read]:
    """The parameters of a raw query (what stands behind the ``?``), leaves as strings, masks as their text.

    Raises:
        Theirs: 400 with the parameter and, where it is known, the character.

    >>> read_query("q=criteria&owners=urn:li:seat:1&owners=urn:li:seat:2", Protocol.V1)
    {'q': 'criteria', 'owners': ['urn:li:seat:1', 'urn:li:seat:2']}
    >>> read_query("q=criteria&owners=List(urn%3Ali%3Aseat%3A1)", Protocol.V2)
    {'q': 'criteria', 'owners': ['urn:li:seat:1']}
    """
    return v1.read_query(text) if protocol is Protocol.V1 else _read_query_v2(text)


def write_query(params: Mapping[str, Tree], protocol: Protocol) -> str:
    """The query for parameters, names sorted. Masks (``fields`` and its like) may be texts or masks.

    1.0.0 cannot carry everything: empty lists and maps vanish, a list of one reads back as its value.

    Raises:
        Ours: a value no text can stand for, or a parameter without a name.

    >>> write_query({"q": "a b", "owners": ["urn:li:seat:1"]}, Protocol.V1)
    'owners=urn:li:seat:1&q=a%20b'
    >>> write_query({"q": "a b", "owners": ["urn:li:seat:1"]}, Protocol.V2)
    'owners=List(urn%3Ali%3Aseat%3A1)&q=a%20b'
    """
    texts = {name: _mask_text(name, value) for name, value in params.items()}
    return v1.write_query(texts) if protocol is Protocol.V1 else _write_query_v2(texts)


@dataclass(frozen=True, slots=True)
class BatchQuery:
    """A query that addresses a batch: distinct keys in request order, and every other parameter."""

    keys: list[WireKey]
    params: dict[str, Read]


def read_batch(text: str, kind: KeyKind, protocol: Protocol, parts: tuple[str, ...] = ()) -> BatchQuery | None:
    """The batch a raw query addresses, or None when it has no ``ids``.

    Args:
        text: what stands behind the ``?``.
        kind: how the resource is keyed.
        protocol: which version the request speaks.
        parts: names of the parts of a complex key; a hundred keys of just these parts are read some ten times faster.

    Raises:
        Theirs: 400 for text that does not parse and for ``ids`` of the wrong shape.

    >>> read_batch("ids[0].a=x&ids[0].b=y&ids[1].a=z&ids[1].b=w", KeyKind.COMPLEX, Protocol.V1).keys
    [{'a': 'x', 'b': 'y'}, {'a': 'z', 'b': 'w'}]
    """
    # Seed 000 sends "?=null" and tunnels the rest of the query behind it.
    fast = _read_plain_batch(text.removeprefix("=null&"), kind, protocol, parts)
    if fast is not None:
        return BatchQuery([*fast], {})
    if protocol is Protocol.V1 and _V2_IDS.search(text):
        raise Theirs(v1.NEEDS_HEADER, where=Place.QUERY.value)
    params = read_query(text, protocol)
    if IDS in params:
        distinct: dict[object, WireKey] = {}
        for key in _keys_of(params.pop(IDS), kind, protocol):
            distinct.setdefault(freeze(key), key)
        return BatchQuery(list(distinct.values()), params)
    if protocol is Protocol.V2 and any(name.startswith((f"{IDS}[", f"{IDS}.")) for name in params):
        # As an unknown parameter it would be ignored, and the call mean the whole collection.
        raise _wrong_shape(kind, protocol)
    return None


def write_batch(keys: Iterable[Key], kind: KeyKind, protocol: Protocol, params: Mapping[str, Tree] = _NONE) -> str:
    """The query that addresses a batch of keys. A complex key may hold ``$params``.

    Raises:
        Ours: keys that do not fit their kind, none at all under 1.0.0, or ``ids`` among the other parameters.

    >>> write_batch([{"a": "urn:li:x:1"}], KeyKind.COMPLEX, Protocol.V1)
    'ids%5B0%5D.a=urn:li:x:1'
    >>> write_batch(["1", "2"], KeyKind.SIMPLE, Protocol.V2, {"fields": "id"})
    'fields=id&ids=List(1,2)'
    """
    keys = list(keys)
    if IDS in params:
        raise Ours(f"expected the keys of a batch beside its parameters, got a parameter {IDS!r} too")
    if any(is_map(key) is (kind is KeyKind.SIMPLE) or is_list(key) or key == {} for key in keys):
        raise Ours(f"expected keys of kind {kind.value}, got others")
    if not keys and protocol is Protocol.V1:
        raise Ours("under 1.0.0 a batch without keys cannot be written: it would read as no batch at all")
    if kind is KeyKind.COMPLEX and not params:
        fast = fast_path.write_query_keys([key for key in keys if is_map(key)], protocol)
        if fast is not None:
            return fast
    if kind is KeyKind.COMPLEX or protocol is Protocol.V2:
        return write_query({**params, IDS: keys}, protocol)
    texts = sorted(write_key(key, kind, Place.QUERY, protocol) for key in keys)
    return "&".join(filter(None, [write_query(params, protocol), *(f"{IDS}={text}" for text in texts)]))


def read_list(params: Mapping[str, Read], name: str, protocol: Protocol) -> list[Read] | None:
    """An array parameter, or None when it is absent. Under 1.0.0 one value alone is a list of one.

    Raises:
        Theirs: 400 for any other shape, with the right one.
    """
    value = params.get(name)
    if value is None or isinstance(value, list):
        return value
    where = f"query parameter {name!r}"
    if protocol is Protocol.V2:
        raise Theirs(f"expected {name}=List(value,...)", where=where)
    if isinstance(value, dict):
        raise Theirs(f"expected {name}=value for every value", where=where)
    if value.startswith("List(") and value.endswith(")"):
        raise Theirs(v1.NEEDS_HEADER, where=where)
    return [value]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of a collection: index of the first element, and how many at most."""

    start: int
    count: int


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page, as the ``paging`` of an answer holds it."""

    rel: str
    href: str
    type: str = "application/json"


def read_paging(params: Mapping[str, Read], *, default_count: int = 10, max_count: int = 100) -> Paging:
    """The page ``start`` and ``count`` ask for; blank means default, a repeated one means its first value.

    ``count`` above ``max_count`` is that (decision G-40); ``count=0`` is legal and gives no elements.

    Raises:
        Theirs: 400 for what is no number, and for negative ones.
    """
    start = _page_number(params.get("start"), 0)
    return Paging(start, min(_page_number(params.get("count"), default_count), max_count))


def paging_links(
    path: str, params: Mapping[str, Tree], paging: Paging, *, returned: int, total: int | None, protocol: Protocol
) -> list[Link]:
    """The links of a page, ``prev`` before ``next`` (decision G-48).

    A full page has a ``next`` even when it is the last, so the page behind it may be empty.

    Args:
        path: the path of the request, with its base.
        params: its parameters; ``start`` and ``count`` among them are replaced.
        paging: the page that was answered.
        returned: how many elements it held.
        total: how many there are in all, where that is known.
        protocol: how the request was written.

    >>> paging_links("/v2/x", {"q": "c", "o": ["urn:li:seat:1"]}, Paging(0, 5), returned=5, total=5,
    ...     protocol=Protocol.V1)
    [Link(rel='next', href='/v2/x?count=5&q=c&start=5&o=urn%3Ali%3Aseat%3A1', type='application/json')]
    """
    starts: dict[str, int] = {}
    if paging.count and paging.start:
        starts["prev"] = max(0, paging.start - paging.count)
    if paging.count and (returned == paging.count or (total is not None and paging.start + returned < total)):
        starts["next"] = paging.start + paging.count
    return [
        Link(rel, f"{path}?{_link_query({**params, 'start': start, 'count': paging.count}, protocol)}")
        for rel, start in starts.items()
    ]


_V2_IDS = re.compile(r"(?:\A|&)ids=List\(")
_INTEGER = re.compile(r"(-?)0*([0-9]{1,10})", re.ASCII)
_MAX_PAGE_NUMBER = (1 << 31) - 1

_SHAPES = {
    (Protocol.V1, KeyKind.SIMPLE): "ids=value for every key",
    (Protocol.V1, KeyKind.COMPLEX): "ids[n].name=value for every part of every key",
    (Protocol.V1, KeyKind.ASSOCIATION): "ids=name%3Dvalue%26name%3Dvalue for every key",
    (Protocol.V2, KeyKind.SIMPLE): "ids=List(value,...)",
    (Protocol.V2, KeyKind.COMPLEX): "ids=List((name:value,...),...)",
    (Protocol.V2, KeyKind.ASSOCIATION): "ids=List((name:value,...),...)",
}


def _read_plain_batch(text: str, kind: KeyKind, protocol: Protocol, parts: tuple[str, ...]) -> Sequence[WireKey] | None:
    if kind is KeyKind.COMPLEX:
        return fast_path.query_keys(text, parts, protocol)
    return fast_path.simple_query_keys(text, protocol) if kind is KeyKind.SIMPLE else None


def _keys_of(ids: Read, kind: KeyKind, protocol: Protocol) -> Iterable[WireKey]:
    if isinstance(ids, str) and protocol is Protocol.V1:
        ids = [ids]
    if not isinstance(ids, list):
        raise _wrong_shape(kind, protocol)
    return [_key_of(item, kind, protocol) for item in ids]


def _key_of(item: Read, kind: KeyKind, protocol: Protocol) -> WireKey:
    match kind, protocol, item:
        case KeyKind.SIMPLE, _, str():
            return item
        case KeyKind.COMPLEX, _, dict():
            return identity(item, Place.QUERY.value)
        case KeyKind.ASSOCIATION, Protocol.V1, str():
            # Text within text; the query's layer is off by now.
            return read_key(item, kind, Place.BODY, protocol)
        case KeyKind.ASSOCIATION, Protocol.V2, dict():
            return item
    raise _wrong_shape(kind, protocol)


def _wrong_shape(kind: KeyKind, protocol: Protocol) -> Theirs:
    return Theirs(
        f"expected {_SHAPES[protocol, kind]}, as protocol {protocol.value} writes the keys of a batch; "
        f"the header {PROTOCOL_HEADER} names the version, absent means 1.0.0",
        where=Place.QUERY.value,
    )


def _mask_text(name: str, value: Tree) -> Tree:
    return write_mask(value) if name in MASK_PARAMETERS and is_map(value) else value


def _read_query_v2(text: str) -> dict[str, Read]:
    check_text(text, "query")
    text = text.partition("#")[0]
    check_uri(text, "query")
    if text.count("&") >= MAX_VALUES:
        raise Theirs(f"expected at most {MAX_VALUES} parameters, got more", where="query")
    params: dict[str, Read] = {}
    offset = 0
    for piece in text.split("&"):
        raw_name, _, raw_value = piece.partition("=")
        name = decode_form(raw_name, "query", offset)
        if name in params:
            raise Theirs(f"parameter {name!r:.80} is given twice; a list is written List(...)", where="query")
        if name:
            where = f"query parameter {name!r:.80}"
            is_mask = name in MASK_PARAMETERS
            params[name] = decode_form(raw_value, where) if is_mask else v2.read_element(raw_value, where)
        offset += len(piece) + 1
    return params


def _write_query_v2(params: Mapping[str, Tree]) -> str:
    if "" in params:
        raise Ours("expected a name for every parameter, got an empty one: readers ignore it")
    pieces = {v2.write_string(plain_text(name), v2.escape_query): _value_v2(name, params[name]) for name in params}
    return "&".join(f"{name}={pieces[name]}" for name in sorted(pieces))


def _value_v2(name: str, value: Tree) -> str:
    if name in MASK_PARAMETERS:
        return v1.escape_query(plain_text(value))
    return v2.write_element(value, v2.escape_query)


def _page_number(value: Read | None, default: int) -> int:
    while isinstance(value, list):
        value = value[0] if value else None
    if value is None or (isinstance(value, str) and not value.strip()):
        return default
    number = _INTEGER.fullmatch(value) if isinstance(value, str) else None
    # Both sentences are the reference's own.
    if number is None or int(number[2]) > _MAX_PAGE_NUMBER:
        raise Theirs("Invalid (non-integer) start/count parameters", where="query")
    if number[1] and int(number[2]):
        raise Theirs("start/count parameters must be non-negative", where="query")
    return int(number[2])


def _link_query(params: Mapping[str, Tree], protocol: Protocol) -> str:
    """As seed 001 prints it: scalars by name, lists and maps behind them, every value escaped in full."""
    ordered = sorted(params, key=lambda name: (is_map(params[name]) or is_list(params[name]), name))
    return "&".join(piece for name in ordered for piece in _LINK_PIECES[protocol](name, params[name]))


def _link_pieces_v1(name: str, value: Tree) -> list[str]:
    if is_list(value) and not any(is_map(item) or is_list(item) for item in value):
        # In the order of the request; write_query would sort them.
        return [f"{_quoted(name)}={_quoted(plain_text(item))}" for item in value]
    return [f"{_quoted(flat)}={_quoted(text)}" for flat, text in v1.leaves({name: value})]


def _link_pieces_v2(name: str, value: Tree) -> list[str]:
    if name in MASK_PARAMETERS:
        return [f"{_quoted(name)}={_quoted(plain_text(value))}"]
    return [f"{v2.write_string(name, _quoted)}={v2.write_element(value, _quoted)}"]


_quoted = escaper(rf"[^{UNRESERVED}]")
_LINK_PIECES = {Protocol.V1: _link_pieces_v1, Protocol.V2: _link_pieces_v2}
