"""The Rest.li methods as a table, read both ways: what a request means, and how a client spells a method.

Not here: which methods a resource offers. "Inferred but not offered" is the platform's answer (decision G-42).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from hirewire.wire.errors import Theirs
from hirewire.wire.protocol import METHOD_HEADER


class Method(enum.Enum):
    """A Rest.li method; the value is how ``X-RestLi-Method`` spells it."""

    GET = "get"
    BATCH_GET = "batch_get"
    GET_ALL = "get_all"
    FINDER = "finder"
    BATCH_FINDER = "batch_finder"
    CREATE = "create"
    BATCH_CREATE = "batch_create"
    UPDATE = "update"
    BATCH_UPDATE = "batch_update"
    PARTIAL_UPDATE = "partial_update"
    BATCH_PARTIAL_UPDATE = "batch_partial_update"
    DELETE = "delete"
    BATCH_DELETE = "batch_delete"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class Shape:
    """What the address of a request holds, as far as it tells methods apart.

    ``has_key``: the path ends at an entity (a key, or a simple resource); the others: the query has that parameter.
    """

    has_key: bool = False
    has_ids: bool = False
    has_q: bool = False
    has_bq: bool = False
    has_action: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One method: its verb, the shapes it is addressed by, and whether the request carries a body.

    ``needs_header``: another method has the same verb and shape, and is meant when ``X-RestLi-Method`` is absent.
    """

    verb: str
    shapes: tuple[Shape, ...]
    has_body: bool = False
    needs_header: bool = False


_BARE = Shape()
_KEY = Shape(has_key=True)
_IDS = Shape(has_ids=True)
_Q = Shape(has_q=True)
_BQ = Shape(has_bq=True)
_ACTION = Shape(has_action=True)
_KEY_ACTION = Shape(has_key=True, has_action=True)

METHODS: dict[Method, Row] = {
    Method.GET: Row("GET", (_KEY,)),
    Method.BATCH_GET: Row("GET", (_IDS,)),
    Method.GET_ALL: Row("GET", (_BARE,)),
    Method.FINDER: Row("GET", (_Q,)),
    Method.BATCH_FINDER: Row("GET", (_BQ,)),
    Method.CREATE: Row("POST", (_BARE,), has_body=True),
    Method.BATCH_CREATE: Row("POST", (_BARE,), has_body=True, needs_header=True),
    Method.UPDATE: Row("PUT", (_KEY,), has_body=True),
    Method.BATCH_UPDATE: Row("PUT", (_IDS,), has_body=True),
    Method.PARTIAL_UPDATE: Row("POST", (_KEY,), has_body=True),
    Method.BATCH_PARTIAL_UPDATE: Row("POST", (_IDS,), has_body=True),
    Method.DELETE: Row("DELETE", (_KEY,)),
    Method.BATCH_DELETE: Row("DELETE", (_IDS,)),
    Method.ACTION: Row("POST", (_ACTION, _KEY_ACTION), has_body=True),
}

VERBS = frozenset(row.verb for row in METHODS.values())
_NAMED = {method.value: method for method in Method}
_INFERRED = {
    (row.verb, shape): method for method, row in METHODS.items() for shape in row.shapes if not row.needs_header
}
_WORDS = {
    "has_key": "a key at the end of the path",
    "has_ids": "the parameter ids",
    "has_q": "the parameter q",
    "has_bq": "the parameter bq",
    "has_action": "the parameter action",
}


def infer(verb: str, header: str | None, shape: Shape) -> Method:
    """The method a request means. ``header`` is ``X-RestLi-Method``, in any letter case; empty counts as absent.

    Raises:
        Theirs: 405 for a verb no method has; 400 when verb, header and shape agree on no method.

    >>> infer("POST", None, Shape(has_ids=True))
    <Method.BATCH_PARTIAL_UPDATE: 'batch_partial_update'>
    """
    if verb not in VERBS:
        message = f"the verb {verb[:40]!r} is not supported: use {', '.join(sorted(VERBS))}"
        raise Theirs(message, where="verb", status=405, code="METHOD_NOT_ALLOWED")
    named = _read_header(header)
    decisive = _decisive(verb, shape)
    found = _INFERRED.get((verb, decisive)) if named is None else named
    if found is None or METHODS[found].verb != verb or decisive not in METHODS[found].shapes:
        raise _contradiction(verb, named, shape)
    return found


def spelled(method: Method) -> tuple[str, str | None]:
    """How a client sends a method: the verb, and ``X-RestLi-Method`` or None where it is left out.

    As the documented samples do: named wherever a body goes along, left out on GET and DELETE.
    """
    row = METHODS[method]
    return row.verb, method.value if row.has_body else None


def _read_header(header: str | None) -> Method | None:
    name = (header or "").strip()
    if name and name.lower() not in _NAMED:
        known = ", ".join(_NAMED)
        raise Theirs(f"expected one of {known}, got {name[:80]!r}", where=f"header {METHOD_HEADER}")
    return _NAMED.get(name.lower())


def _decisive(verb: str, shape: Shape) -> Shape:
    """The shape less what a stronger parameter overrules: an ordinary parameter may be called ``q`` or ``action``."""
    if verb == "GET" and shape.has_q:
        return replace(shape, has_bq=False, has_action=False)
    if verb == "GET" and shape.has_bq:
        return replace(shape, has_action=False)
    if verb == "POST" and shape.has_action:
        return replace(shape, has_q=False, has_bq=False)
    return shape


def _contradiction(verb: str, named: Method | None, shape: Shape) -> Theirs:
    if verb == "GET" and named in (Method.DELETE, Method.BATCH_DELETE):
        # Seen in both official client libraries: they tunnel every delete under GET. Reading it as a batch_get would
        # delete nothing and answer 200.
        return Theirs(
            f"{METHOD_HEADER}: {named.value} came with the verb GET, so neither was run. A known bug of client"
            " libraries that tunnel deletes: send X-HTTP-Method-Override: DELETE",
            where=f"header {METHOD_HEADER}",
        )
    given = f"{_described(shape)}" + (f" and {METHOD_HEADER}: {named.value}" if named else "")
    expected = "; ".join(
        f"{method.value} takes {' or '.join(_described(shape) for shape in row.shapes)}"
        for method, row in METHODS.items()
        if row.verb == verb
    )
    return Theirs(f"Method {verb!r} is not supported for a request with {given}. With {verb}, {expected}", where="verb")


def _described(shape: Shape) -> str:
    return " and ".join(words for name, words in _WORDS.items() if getattr(shape, name)) or "neither key nor ids"
