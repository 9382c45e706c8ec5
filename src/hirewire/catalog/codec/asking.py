"""The calling side: a Call to a request, a response to a Reply, and the platform's rules applied before sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from hirewire.catalog.call import (
    BatchReply,
    Call,
    Created,
    CreatedMany,
    Done,
    Entity,
    Found,
    InputError,
    Key,
    Outcome,
    Page,
    Refusal,
    Refused,
    Reply,
)
from hirewire.catalog.codec.addresses import read_logical_key, write_body_keys, write_path, write_wire_keys
from hirewire.catalog.codec.bodies import read_entity, read_refusal, ruled, write_entity, write_patch_entity
from hirewire.catalog.errors import invalid_entity
from hirewire.catalog.generations import VERSION_HEADER, Dialect
from hirewire.catalog.keys import as_mapping
from hirewire.catalog.model import View
from hirewire.catalog.rules import Reading
from hirewire.values.time import Millis
from hirewire.wire.body import read_batch_body, read_elements, read_json, write_json, write_patch
from hirewire.wire.errors import Ours, Theirs, WireError
from hirewire.wire.http import Headers, HttpRequest, HttpResponse
from hirewire.wire.keys import KeyKind, Place, WireKey, freeze, read_key, read_keys
from hirewire.wire.methods import METHODS, Method, spelled
from hirewire.wire.protocol import METHOD_HEADER, PROTOCOL_HEADER, Protocol
from hirewire.wire.query import Link, Paging, write_batch, write_query
from hirewire.wire.response import ErrorBody, read_created, read_created_id, read_error, read_error_response
from hirewire.wire.tree import Tree

_REPLY = Reading(now=Millis(0), is_reply=True)


def encode_call(call: Call, dialect: Dialect) -> HttpRequest:
    """The request of a call, never tunnelled, without host and Authorization.

    Raises:
        Ours: the call cannot be said in this dialect (method not offered, keys that share no path, no such field).
    """
    view = view_of(call, dialect)
    if call.method not in view.methods:
        raise Ours(f"{call.resource.name} does not offer {call.method.value} in {dialect.generation.value}")
    verb, _ = spelled(call.method)
    keys = list(call.entities)
    is_single = METHODS[call.method].shapes[0].has_key
    path = write_path(call.resource, view, keys, keys[0] if is_single else None, dialect.protocol)
    query = _write_query(call, view, dialect.protocol)
    body = _BODIES.get(call.method, _no_body)(call, view, dialect)
    return HttpRequest(verb, f"{path}?{query}" if query else path, _headers(call, dialect, body), body)


def view_of(call: Call, dialect: Dialect) -> View:
    """The view a call is spelled by.

    Raises:
        Ours: the resource is not offered in that generation.
    """
    view = call.resource.view(dialect.generation)
    if view is None:
        offered = " and ".join(view.generation.value for view in call.resource.views)
        raise Ours(f"{call.resource.name} is not offered in {dialect.generation.value}, only in {offered}")
    return view


def _headers(call: Call, dialect: Dialect, body: bytes) -> Headers:
    lines = [("Accept", "application/json")]
    if body:
        lines.append(("Content-Type", "application/json"))
    if (named := spelled(call.method)[1]) is not None:
        lines.append((METHOD_HEADER, named))
    if dialect.protocol is not Protocol.V1:
        lines.append((PROTOCOL_HEADER, dialect.protocol.value))
    if dialect.version is not None:
        lines.append((VERSION_HEADER, dialect.version))
    return Headers(lines)


def _write_query(call: Call, view: View, protocol: Protocol) -> str:
    if METHODS[call.method].shapes[0].has_ids:
        keys = write_wire_keys(call.resource, view, call.entities)
        return write_batch(keys, view.key.kind, protocol)
    params: dict[str, Tree] = {}
    if call.method is Method.FINDER:
        params = {"q": call.name or "", **_write_params(call, view)}
    if call.paging is not None:
        params |= {"start": call.paging.start, "count": call.paging.count}
    return write_query(params, protocol)


def _write_params(call: Call, view: View) -> dict[str, Tree]:
    finder = view.finder(call.name or "")
    if finder is None:
        raise Ours(f"{call.resource.name} has no finder {call.name!r}")
    unknown = set(call.params) - {param.name for param in finder.params}
    if unknown:
        raise Ours(f"the finder {finder.name} takes no argument {', '.join(sorted(unknown))}")
    return {
        param.wire: param.kind.write(call.params[param.name])
        for param in finder.params
        if call.params.get(param.name) is not None
    }


def _no_body(call: Call, view: View, dialect: Dialect) -> bytes:
    return b""


def _entities_body(call: Call, view: View, dialect: Dialect) -> bytes:
    texts = write_body_keys(call.resource, view, call.entities, dialect.protocol)
    entities = [value for value in call.entities.values() if isinstance(value, Struct)]
    if len(entities) == len(call.entities):
        values = view.fields.write_all(entities)
    else:
        values = [_write_value(view, value) for value in call.entities.values()]
    return write_json({"entities": dict(zip(texts, values, strict=True))})


def _write_value(view: View, value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return write_patch(write_patch_entity(view.fields, value))
    if value is None:
        raise Ours("an update says what each key is to become, got None")
    return write_entity(view.fields, value)


def _single_body(call: Call, view: View, dialect: Dialect) -> bytes:
    (value,) = call.entities.values()
    return write_json(_write_value(view, value))


def _element_body(call: Call, view: View, dialect: Dialect) -> bytes:
    (element,) = call.elements
    return write_json(_write_element(view, element))


def _elements_body(call: Call, view: View, dialect: Dialect) -> bytes:
    return write_json({"elements": [_write_element(view, element) for element in call.elements]})


def _write_element(view: View, element: Entity | Refusal) -> dict[str, Any]:
    if isinstance(element, Refusal):
        raise Ours(f"a refused element cannot be sent: {element.message}")
    return write_entity(view.fields, element)


_BODIES: dict[Method, Callable[[Call, View, Dialect], bytes]] = {
    Method.BATCH_UPDATE: _entities_body,
    Method.BATCH_PARTIAL_UPDATE: _entities_body,
    Method.UPDATE: _single_body,
    Method.PARTIAL_UPDATE: _single_body,
    Method.CREATE: _element_body,
    Method.BATCH_CREATE: _elements_body,
}


# -- replies ----------------------------------------------------------------------------------------------------------


def decode_reply(call: Call, dialect: Dialect, response: HttpResponse) -> Reply:
    """What a response means for the call. An error status is a ``Refused``, whatever its body.

    Raises:
        Theirs: a success whose body is not what the protocol says; nothing can be concluded from it.
    """
    if response.status >= 400:
        return Refused(read_refusal(read_error_response(response)))
    if not 200 <= response.status < 300:
        raise Theirs(f"expected a status of 200 to 299 or an error, got {response.status}", where="response")
    return _REPLIES.get(call.method, _done)(call, view_of(call, dialect), dialect, response)


def _done(call: Call, view: View, dialect: Dialect, response: HttpResponse) -> Reply:
    return Done()


def _batch(call: Call, view: View, dialect: Dialect, response: HttpResponse) -> Reply:
    body = read_batch_body(response.body)
    outcomes: dict[Key, Outcome] = {}
    unasked: list[str] = []
    # A key in both maps has failed: errors are read last.
    for members, read in ((body.results, _RESULTS.get(call.method, _read_status)), (body.errors, _read_failure)):
        for (text, value), key in zip(members.items(), _asked_keys(call, view, dialect, list(members)), strict=True):
            if key is None:
                unasked.append(text)
            else:
                outcomes[key] = read(view, value)
    return BatchReply(outcomes, tuple(unasked))


def _asked_keys(call: Call, view: View, dialect: Dialect, texts: list[str]) -> list[Key | None]:
    """The key of the call each text of a reply stands for; None where it stands for none.

    Keys are compared as values. Equal texts are equal values, so the texts that are written as we write them need not
    be read for it.
    """
    if not texts:
        return []
    canonical = dict(
        zip(write_body_keys(call.resource, view, call.entities, dialect.protocol), call.entities, strict=True)
    )
    found = [canonical.get(text) for text in texts]
    if None not in found:
        return found
    asked = dict(zip(map(freeze, write_wire_keys(call.resource, view, call.entities)), call.entities, strict=True))
    read = _reply_keys(texts, view, dialect)
    return [None if wire_key is None else asked.get(freeze(wire_key)) for wire_key in read]


def _reply_keys(texts: list[str], view: View, dialect: Dialect) -> list[WireKey] | list[WireKey | None]:
    """The wire keys of a reply; None for a text that is none, which cannot be one of ours."""
    kind, protocol = view.key.kind, dialect.protocol
    try:
        return read_keys(texts, kind, Place.BODY, protocol, view.key.names)
    except WireError:
        return [_reply_key(text, kind, protocol) for text in texts]


def _reply_key(text: str, kind: KeyKind, protocol: Protocol) -> WireKey | None:
    try:
        return read_key(text, kind, Place.BODY, protocol)
    except WireError:
        return None


def _read_status(view: View, value: Any) -> Outcome:
    status = value.get("status") if isinstance(value, Mapping) else None
    if type(status) is not int:
        raise Theirs("expected a status for each key, got a result without one", where="response body results")
    # A status of 400 and more inside results is a failure too (Rest.li writes {"status": 404} there).
    return Outcome(status, refusal=Refusal(status, None, f"status {status}") if status >= 400 else None)


def _read_failure(view: View, value: Any) -> Outcome:
    refusal = read_refusal(read_error(value, status=500))
    return Outcome(refusal.status, refusal=refusal)


def _read_found(view: View, value: Any) -> Outcome:
    return Outcome(200, entity=_read_reply_entity(view, value))


def _read_reply_entity(view: View, value: Any) -> Entity:
    entity = read_entity(view.fields, value, _REPLY)
    if isinstance(entity, Refusal):
        raise Theirs(entity.message, where="response body")
    return entity


_RESULTS: dict[Method, Callable[[View, Any], Outcome]] = {Method.BATCH_GET: _read_found}


def _created(call: Call, view: View, dialect: Dialect, response: HttpResponse) -> Reply:
    key = _created_key(call, view, read_created_id(response.headers), Place.HEADER, dialect.protocol)
    entity = _read_reply_entity(view, read_json(response.body)) if view.create_returns and response.body else None
    return Created(key, entity)


def _created_key(call: Call, view: View, text: str | None, place: Place, protocol: Protocol) -> Key | None:
    """The key of what was created; a success stays one where the id is missing or of a form we cannot read."""
    try:
        wire_key = read_key(text, view.key.kind, place, protocol) if text else None
    except WireError:
        return None
    key = read_logical_key(call.resource, view, {}, wire_key) if wire_key is not None else None
    return None if isinstance(key, Refusal) else key


def _created_many(call: Call, view: View, dialect: Dialect, response: HttpResponse) -> Reply:
    elements = read_elements(response.body)
    if len(elements) != len(call.elements):
        message = f"expected {len(call.elements)} elements, one per element sent, got {len(elements)}"
        raise Theirs(message, where="response body elements")
    return CreatedMany(tuple(_created_element(call, view, dialect.protocol, element) for element in elements))


def _created_element(call: Call, view: View, protocol: Protocol, value: Any) -> Created | Outcome:
    element = read_created(value)
    if element.status < 400:
        return Created(_created_key(call, view, element.key_text, Place.BODY, protocol))
    return Outcome(element.status, read_refusal(element.error or ErrorBody(element.status)))


def _page(call: Call, view: View, dialect: Dialect, response: HttpResponse) -> Reply:
    body = read_json(response.body)
    listed = body.get("elements") if isinstance(body, Mapping) else None
    if not isinstance(listed, list):
        raise Theirs("expected an object with elements", where="response body")
    elements = tuple(_read_reply_entity(view, element) for element in listed)
    asked = call.paging or Paging(0, len(elements))
    paging = given if isinstance(given := body.get("paging"), Mapping) else {}
    total = paging.get("total")
    return Page(
        elements,
        Paging(_whole(paging.get("start"), asked.start), _whole(paging.get("count"), asked.count)),
        total if type(total) is int else None,
        _links(paging.get("links")),
    )


def _whole(value: Any, otherwise: int) -> int:
    return value if type(value) is int else otherwise


def _links(value: Any) -> tuple[Link, ...]:
    listed = value if isinstance(value, list) else []
    return tuple(
        Link(rel=item["rel"], href=item["href"])
        for item in listed
        if isinstance(item, Mapping) and isinstance(item.get("rel"), str) and isinstance(item.get("href"), str)
    )


def _found(call: Call, view: View, dialect: Dialect, response: HttpResponse) -> Reply:
    return Found(_read_reply_entity(view, read_json(response.body)))


_REPLIES: dict[Method, Callable[[Call, View, Dialect, HttpResponse], Reply]] = {
    Method.BATCH_GET: _batch,
    Method.BATCH_UPDATE: _batch,
    Method.BATCH_PARTIAL_UPDATE: _batch,
    Method.BATCH_DELETE: _batch,
    Method.CREATE: _created,
    Method.BATCH_CREATE: _created_many,
    Method.FINDER: _page,
    Method.GET: _found,
}


# -- rules before sending ---------------------------------------------------------------------------------------------


def check_call(call: Call, dialect: Dialect, reading: Reading) -> dict[Key, Refusal]:
    """What the platform would refuse of a call's keys and entities: the same rules, applied before sending.

    Raises:
        Ours: the resource is not offered in that generation.
    """
    view = view_of(call, dialect)
    if _is_surely_clean(call, view, reading):
        return {}
    refused: dict[Key, Refusal] = {}
    for key, value in call.entities.items():
        refusal = _check_key(call, view, key) or _check_value(call, view, key, value, reading)
        if refusal is not None:
            refused[key] = refusal
    return refused


def _is_surely_clean(call: Call, view: View, reading: Reading) -> bool:
    """Whether everything is as usual, all at once: the fast way in front of checking each key and entity."""
    resource, keys = call.resource, list(call.entities)
    shapes = [view.key] if view.parent is None else [view.key, view.parent]
    if not all(shape.all_fit(keys, resource.key_type) for shape in shapes):
        return False
    if any(rule(key) is not None for rule in resource.key_rules for key in keys):
        return False
    values = [value for value in call.entities.values() if value is not None]
    entities = [value for value in values if isinstance(value, Struct)]
    if not values or resource.entity_rules or len(entities) < len(values):
        return not values
    return view.fields.read_all(view.fields.write_all(entities), reading) is not None


def _check_key(call: Call, view: View, key: Key) -> Refusal | None:
    parts = as_mapping(key, call.resource.key_type)
    faults: list[InputError] = []
    view.key.read(view.key.write(parts), faults)
    if view.parent is not None:
        view.parent.read(view.parent.write(parts), faults)
    if not faults:
        faults = [fault for rule in call.resource.key_rules if (fault := rule(key)) is not None]
    return invalid_entity(faults) if faults else None


def _check_value(call: Call, view: View, key: Key, value: Any, reading: Reading) -> Refusal | None:
    if value is None or isinstance(value, Mapping):
        return None
    checked = ruled(call.resource, key, read_entity(view.fields, write_entity(view.fields, value), reading))
    return checked if isinstance(checked, Refusal) else None
