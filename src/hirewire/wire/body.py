"""JSON bodies and the envelopes Rest.li puts around entities. What a field may hold is the catalog's business."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NoReturn
from urllib.parse import unquote

import msgspec

from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.keys import KeyKind, Place, WireKey, freeze, read_keys
from hirewire.wire.methods import Method
from hirewire.wire.protocol import Protocol

MAX_DEPTH = 64
"""How deep objects and arrays may nest; documented bodies need six."""

_BODY = "JSON body"


def read_json(body: bytes) -> Any:
    """Read one JSON text: the value, with ``dict``, ``list``, ``str``, ``int``, ``float``, ``bool`` and ``None``.

    Lone surrogates (``"\\ud800"``) stay in their ``str``, so that the caller can refuse that one entity.

    Raises:
        Theirs: 400 for anything that is not RFC 8259 JSON in UTF-8, for a member given twice in one object (readers
            disagree on which one counts), for ``NaN`` and numbers no double holds, and for what exceeds the bounds.

    >>> read_json(b'{"entities": {}}')
    {'entities': {}}
    """
    try:
        value = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return _read_exactly(body)  # which says what is wrong, and where
    if _count_members(value) == _count_name_ends(body):
        return value
    return _read_exactly(body)


# The fast path leans on a count. Call a quote that is followed by a colon, blanks aside, a name end. Every member of an
# object in the text has one of its own: the closing quote of its name. Others can only come from strings (the name
# "a\":b" holds one, the value ":b" begins with one). So
#     name ends >= members in the text >= members in the decoded value,
# the last because decoding keeps one of several members with the same name in one object. If the outer two are equal,
# so is the middle, and no member was dropped: there is no duplicate. If they differ, the exact path decides.
# Leaving out all blanks before counting makes every name end a plain quote and colon, and can only add more of them.
def _count_name_ends(body: bytes) -> int:
    return body.translate(None, b" \t\r\n").count(b'":')


def _count_members(value: Any) -> int:
    """How many members the objects of a decoded value have; Theirs when it is too deep. Level by level."""
    members = depth = 0
    level = [value]
    while level:
        objects = [each for each in level if type(each) is dict]
        members += sum(map(len, objects))
        arrays = [each for each in level if type(each) is list]
        if (objects or arrays) and depth == MAX_DEPTH:
            raise _too_deep()
        depth += 1
        level = list(chain.from_iterable([*map(dict.values, objects), *arrays]))
    return members


def _read_exactly(body: bytes) -> Any:
    """The definition ``read_json`` goes by, and the source of its messages."""
    try:
        value = _EXACT.decode(body.decode())
    except UnicodeDecodeError as error:
        raise Theirs("expected UTF-8, got other bytes", where=_BODY, offset=error.start) from None
    except json.JSONDecodeError as error:
        raise Theirs(f"expected JSON: {error.msg}", where=_BODY, offset=error.pos) from None
    except RecursionError:
        raise _too_deep() from None
    _count_members(value)
    return value


def _object_without_duplicates(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        twice = Counter(name for name, _ in members).most_common(1)[0][0]
        raise Theirs(f"the member {twice[:80]!r} occurs twice in one object: send each member once", where=_BODY)
    return found


def _bounded_integer(digits: str) -> int:
    # Bounded by the interpreter (4,300 digits): longer ones take quadratic time. One that is merely no 64-bit number is
    # read, so that only the field it stands in is refused.
    try:
        return int(digits)
    except ValueError:
        raise Theirs(f"an integer of {len(digits)} digits is too long to read", where=_BODY) from None


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise Theirs(f"the number {text[:40]} is larger than a double can hold", where=_BODY)
    return number


def _no_constant(name: str) -> NoReturn:
    raise Theirs(f"{name} is not JSON", where=_BODY)


_EXACT = json.JSONDecoder(
    object_pairs_hook=_object_without_duplicates,
    parse_int=_bounded_integer,
    parse_float=_finite,
    parse_constant=_no_constant,
)


def _too_deep() -> Theirs:
    return Theirs(f"objects and arrays nest deeper than {MAX_DEPTH}", where=_BODY)


def write_json(value: Any) -> bytes:
    """Write a value as compact UTF-8 JSON.

    Raises:
        Ours: for what JSON cannot carry: lone surrogates, NaN and infinities, cycles, objects of other classes.
    """
    try:
        text = msgspec.json.encode(value)
        # msgspec writes NaN and infinities as null, so only a text with a null in it can hide one.
        if b"null" in text:
            json.dumps(msgspec.to_builtins(value), allow_nan=False)
    except (ValueError, TypeError, RecursionError) as error:
        raise Ours(f"cannot be written as JSON: {error}", where=_BODY) from error
    return text


def write_ascii_json(value: Any) -> bytes:
    r"""Write a value as compact JSON, everything beyond ASCII escaped; Ours as ``write_json``.

    What is signed is written so: a receiver that signs the "escaped unicode" of a body then agrees with one that signs
    its bytes.

    >>> write_ascii_json({"name": "Zoë"})
    b'{"name":"Zo\\u00eb"}'
    """
    return json.dumps(json.loads(write_json(value)), separators=(",", ":")).encode()


def read_entity(body: bytes, method: Method) -> dict[str, Any]:
    """The one entity (or the action's arguments) a request carries; Theirs 400 when it is absent or no object."""
    if not body:
        raise Theirs(f"Empty entity body is not allowed for {method.name} method request", where=_BODY)
    return _read_object(body)


def read_entities(body: bytes, method: Method) -> dict[str, Any]:
    """``{"entities": {key text: entity}}``, keys and entities as they came; other top-level members are ignored."""
    return _object_member(read_entity(body, method), "entities")


def read_elements(body: bytes) -> list[Any]:
    """``{"elements": [...]}``: what a batch_create sends, and what it and every finder answer."""
    elements = _read_object(body).get("elements")
    if elements is None:
        raise _missing("elements")
    if not isinstance(elements, list):
        raise Theirs(f"expected an array under 'elements', got {_kind(elements)}", where=_BODY)
    return elements


def write_patch(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The entity of a partial update that sets ``fields`` and leaves the others alone."""
    return {"patch": {"$set": dict(fields)}}


def read_patch(value: Any) -> dict[str, Any]:
    """The fields a partial update sets.

    Raises:
        Theirs: 400 for any patch operation but ``$set``, among them patches of nested records.
    """
    if not isinstance(value, dict):
        raise Theirs(f'expected {{"patch": {{"$set": {{...}}}}}}, got {_kind(value)}', where=_BODY)
    patch = _object_member(value, "patch")
    for operation in patch:
        if operation != "$set":
            message = f"the patch operation {operation[:80]!r} is not supported: set whole fields under '$set'"
            raise Theirs(message, where=_BODY)
    return _object_member(patch, "$set") if patch else {}


@dataclass(frozen=True, slots=True)
class BatchBody:
    """The answer to a batch: results and errors by key text, each key in one of them; statuses is mostly empty."""

    results: dict[str, Any]
    errors: dict[str, Any]
    statuses: dict[str, Any]


def read_batch_body(body: bytes) -> BatchBody:
    """Read a batch answer; a member that is absent or null reads as empty (a documented sample lacks statuses)."""
    value = _read_object(body)
    return BatchBody(*(_optional_object(value, name) for name in ("results", "errors", "statuses")))


def match_keys(
    asked: Sequence[WireKey], texts: Iterable[str], kind: KeyKind, protocol: Protocol, parts: Sequence[str] = ()
) -> dict[str, int]:
    """For every key text of ``entities``, which of the ``ids`` (by index) it is; both sides must be the same set.

    Keys compare as values: part order and escaping never matter. The text of a simple key is taken as it stands, and
    percent-decoded only when that is none of the ids (client libraries escape URN keys, samples do not). The names of
    a key's ``parts`` make reading a batch of them faster.

    Raises:
        Theirs: 400 in the reference's words, for a key that does not parse, was not asked, comes twice or is lacking.
    """
    texts = list(texts)
    keys = read_keys(texts, kind, Place.BODY, protocol, parts)
    if keys == list(asked):  # distinct and in order, as nearly every client writes them
        return dict(zip(texts, range(len(texts)), strict=True))
    wanted = {freeze(key): index for index, key in enumerate(asked)}
    matched: dict[str, int] = {}
    seen: set[int] = set()
    for text, key in zip(texts, keys, strict=True):
        index = wanted.get(freeze(key))
        if index is None and kind is KeyKind.SIMPLE:
            index = wanted.get(freeze(unquote(text)))
        if index is None:
            message = f"Batch request mismatch. Entity key {text[:200]!r} not found in the query parameter."
            raise Theirs(message, where="entities")
        if index in seen:
            raise Theirs(f"Duplicate key in batch request body: {text[:200]!r}", where="entities")
        seen.add(index)
        matched[text] = index
    if len(matched) < len(wanted):
        lacking = (key for index, key in enumerate(asked) if index not in seen)
        raise Theirs(
            f"Batch request mismatch. URI keys: {_listed(asked)} Entity keys: {_listed(matched)}."
            f" No entity was sent for {_listed(lacking)}",
            where="entities",
        )
    return matched


def _listed(keys: Iterable[WireKey]) -> str:
    # Written with repr, as every text of a peer in a message: a lone surrogate must not spoil the error's own JSON.
    text = ", ".join(map(repr, keys))
    return text if len(text) <= 200 else f"{text[:200]}..."


def _read_object(body: bytes) -> dict[str, Any]:
    value = read_json(body)
    if not isinstance(value, dict):
        raise Theirs(f"expected a JSON object, got {_kind(value)}", where=_BODY)
    return value


def _object_member(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    member = value.get(name)
    if member is None:
        raise _missing(name)
    if not isinstance(member, dict):
        raise Theirs(f"expected an object under {name!r}, got {_kind(member)}", where=_BODY)
    return member


def _optional_object(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {} if value.get(name) is None else _object_member(value, name)


def _missing(name: str) -> Theirs:
    return Theirs(f"{name} is required but missing", where=_BODY, code="MISSING_FIELD")


_KINDS = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "a number")
