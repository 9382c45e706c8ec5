"""The platform's side: a request to a Call, a Reply to a response, step by step in the order of decision G-4.

Each step is one function, so that the server can put its own checks (token, throttle, tenant) between them. Every
refusal of a whole request is a ``CallError``; what is wrong with one key or entity stays with that key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hirewire.catalog import RESOURCES
from hirewire.catalog.call import (
    BatchReply,
    Call,
    Created,
    CreatedMany,
    Entity,
    Found,
    InputError,
    Key,
    Outcome,
    Page,
    Patch,
    Refusal,
    Refused,
    Reply,
)
from hirewire.catalog.codec import bodies
from hirewire.catalog.codec.addresses import (
    read_logical_keys,
    read_parent,
    write_path,
    write_wire_key,
)
from hirewire.catalog.codec.bodies import read_entity, read_patch_entity, write_entity, write_refusal
from hirewire.catalog.errors import (
    CallError,
    invalid_param,
    method_not_allowed,
    too_many_records,
    unreadable,
    version_inactive,
    version_malformed,
    version_missing,
)
from hirewire.catalog.fields import ListOf, Record
from hirewire.catalog.generations import VERSION_HEADER, Dialect, Generation, Version
from hirewire.catalog.model import Finder, Param, Resource, View
from hirewire.catalog.rules import Reading
from hirewire.values.time import Millis
from hirewire.wire import response
from hirewire.wire.accept import check_accept
from hirewire.wire.body import match_keys, read_elements, read_entities, write_json
from hirewire.wire.body import read_entity as read_entity_body
from hirewire.wire.errors import WireError
from hirewire.wire.http import Headers, HttpRequest, HttpResponse
from hirewire.wire.keys import Place, WireKey, read_key, write_key, write_keys
from hirewire.wire.methods import Method, Shape, infer
from hirewire.wire.projection import apply_mask, read_mask
from hirewire.wire.protocol import METHOD_HEADER, PROTOCOL_HEADER, Protocol, read_protocol
from hirewire.wire.query import Link, Paging, paging_links, read_batch, read_list, read_paging, read_query
from hirewire.wire.response import created_headers, error_response, write_created, write_error
from hirewire.wire.routing import Router
from hirewire.wire.tree import Read

_VERSION_FORM = re.compile(r"[0-9]{6}(\.[0-9]{2})?", re.ASCII)
_VIEWS = {view.template: (resource, view) for resource in RESOURCES for view in resource.views}
_ROUTER = Router(_VIEWS)
_PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class Route:
    """What a raw path addresses. ``parents`` and ``key`` are raw segments; reading them is a later step's work."""

    resource: Resource
    view: View
    parents: tuple[str, ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """What a request asks for, before its body is read.

    ``asked`` holds the distinct wire keys in request order, ``keys`` the logical key of each, or None where it is no
    key of this resource; then ``refused`` says why, under the key's canonical text. ``query`` holds every parameter but
    ``ids``, ``mask`` what ``fields`` asks for (None: everything). ``contexts`` are the
    integration contexts named by the path or a parameter: if one is not the token's, the whole request is refused.
    """

    route: Route
    dialect: Dialect
    method: Method
    asked: tuple[WireKey, ...] = ()
    keys: tuple[Key | None, ...] = ()
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    name: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    paging: Paging | None = None
    query: Mapping[str, Read] = field(default_factory=dict)
    mask: Mapping[str, Any] | None = None
    contexts: tuple[str, ...] = ()

    @property
    def resource(self) -> Resource:
        """The resource addressed."""
        return self.route.resource

    @property
    def view(self) -> View:
        """The view it is addressed in."""
        return self.route.view

    @property
    def records(self) -> int:
        """Records this request counts for: its distinct ids, at least one. Elements of a body are not known yet."""
        return len(self.asked) or 1


# -- step 1: path ---------------------------------------------------------------------------------------------------


def route(raw_path: str) -> Route | None:
    """The resource at a raw path, or None (404)."""
    match = _ROUTER.match(raw_path)
    if match is None:
        return None
    resource, view = _VIEWS[match.template]
    return Route(resource, view, match.parents, match.key)


# -- step 3: versions, Accept ---------------------------------------------------------------------------------------


def read_dialect(route: Route, headers: Headers, versions: Mapping[str, Version], now: Millis) -> Dialect:
    """The dialect a request is spoken in.

    Raises:
        CallError: 400 or 426 for the version, 400 for the protocol version, 406 for Accept.
    """
    generation = route.view.generation
    # v2 is unversioned: a version sent there is ignored.
    version = read_version(headers.get(VERSION_HEADER), versions, now) if generation is Generation.REST else None
    try:
        protocol = read_protocol(headers.get(PROTOCOL_HEADER))
        check_accept(headers.get("Accept"))
    except WireError as error:
        raise CallError(unreadable(error)) from None
    return Dialect(generation, protocol, version)


def read_version(header: str | None, versions: Mapping[str, Version], now: Millis) -> str:
    """The version of a ``/rest`` request: present, well formed, known and before its sunset.

    Raises:
        CallError: 400 ``VERSION_MISSING`` or ``VERSION_INVALID``, 426 ``NONEXISTENT_VERSION``.
    """
    text = (header or "").strip()
    if not text:
        raise CallError(version_missing())
    if not _VERSION_FORM.fullmatch(text):
        raise CallError(version_malformed(text))
    version = versions.get(text)
    if version is None or now >= version.sunset_at:
        raise CallError(version_inactive(text))
    return text


# -- steps 7 to 9: query, method, number of ids ---------------------------------------------------------------------


def read_address(route: Route, dialect: Dialect, request: HttpRequest, *, records_per_batch_max: int | None) -> Address:
    """What an untunnelled request asks for. ``records_per_batch_max`` None lifts the limit on ids (G-5).

    Raises:
        CallError: 400 for a query, path key or method that cannot be read, 405 for one that is not offered.
    """
    try:
        return _read_address(route, dialect, request, records_per_batch_max)
    except WireError as error:
        raise CallError(unreadable(error)) from None


def _read_address(route: Route, dialect: Dialect, request: HttpRequest, records_max: int | None) -> Address:
    view, protocol = route.view, dialect.protocol
    batch = read_batch(request.query, view.key.kind, protocol, view.key.names)
    query = batch.params if batch else read_query(request.query, protocol)
    shape = Shape(route.key is not None, batch is not None, "q" in query, "bq" in query, "action" in query)
    method = infer(request.verb, request.headers.get(METHOD_HEADER), shape)
    if method not in view.methods:
        offered = sorted(method.value for method in view.methods)
        raise CallError(method_not_allowed(method.value, route.resource.name, offered))
    asked = tuple(batch.keys) if batch else ()
    if records_max is not None and len(asked) > records_max:
        raise CallError(too_many_records(len(asked), records_max))
    parent = read_parent(view, route.parents, protocol)
    if route.key is not None:
        asked = (read_key(route.key, view.key.kind, Place.PATH, protocol),)
    keys, refused = _read_keys(route, parent, asked, protocol)
    finder = _finder(view, query) if method is Method.FINDER else None
    if finder is not None:
        _check_start(finder, query)
    params = _read_params(finder, query, protocol) if finder else {}
    return Address(
        route=route,
        dialect=dialect,
        method=method,
        asked=asked,
        keys=keys,
        refused=refused,
        name=finder.name if finder else None,
        params=params,
        paging=read_paging(query, max_count=_PAGE_MAX) if finder else None,
        query=query,
        mask=_read_fields(query.get("fields")),
        contexts=_contexts(route.resource, parent, params),
    )


def _read_keys(
    route: Route, parent: Mapping[str, str], asked: tuple[WireKey, ...], protocol: Protocol
) -> tuple[tuple[Key | None, ...], dict[str, Refusal]]:
    keys: list[Key | None] = []
    refused: dict[str, Refusal] = {}
    for wire_key, key in zip(asked, read_logical_keys(route.resource, route.view, parent, asked), strict=True):
        if isinstance(key, Refusal):
            refused[_reply_text(route.view, wire_key, protocol)] = key
            keys.append(None)
        else:
            keys.append(key)
    if refused and route.key is not None:
        raise CallError(next(iter(refused.values())))
    return tuple(keys), refused


def _reply_text(view: View, wire_key: WireKey, protocol: Protocol) -> str:
    return write_key(wire_key, view.key.kind, Place.BODY, protocol)


def _finder(view: View, query: Mapping[str, Read]) -> Finder:
    finder = view.finder(name) if isinstance(name := query["q"], str) else None
    if finder is None:
        known = ", ".join(finder.name for finder in view.finders)
        raise CallError(invalid_param("q", f"no finder {ascii(name)[:60]} here; expected {known}"))
    return finder


def _read_fields(given: Read | None) -> Mapping[str, Any] | None:
    if not given:
        return None
    if not isinstance(given, str):
        raise CallError(invalid_param("fields", "fields must be one mask, such as fields=id,name"))
    return read_mask(given)


def _check_start(finder: Finder, query: Mapping[str, Read]) -> None:
    if finder.needs_start and not query.get("start"):
        raise CallError(
            invalid_param("start", f"the finder {finder.name} needs start; send start=0 for the first page")
        )


def _read_params(finder: Finder, query: Mapping[str, Read], protocol: Protocol) -> dict[str, Any]:
    return {param.name: value for param in finder.params if (value := _read_param(param, query, protocol)) is not None}


_PARAM_READING = Reading(now=Millis(0), is_query=True)


def _read_param(param: Param, query: Mapping[str, Read], protocol: Protocol) -> Any:
    is_array = isinstance(param.kind, ListOf)
    given: Any = read_list(query, param.wire, protocol) if is_array else query.get(param.wire)
    if given in (None, "", [], [""]):
        if param.required:
            raise CallError(invalid_param(param.wire, f"{param.wire} is required but missing"))
        return None
    faults: list[InputError] = []
    value = param.kind.read(given, param.wire, _PARAM_READING, faults)
    if faults:
        raise CallError(invalid_param(param.wire, faults[0].description))
    return value


def _contexts(resource: Resource, parent: Mapping[str, str], params: Mapping[str, Any]) -> tuple[str, ...]:
    named = parent.get(resource.tenant or "") or params.get(resource.tenant or "") or ()
    return (named,) if isinstance(named, str) else tuple(named)


# -- steps 12 and 13: body, entities --------------------------------------------------------------------------------


def read_call(address: Address, body: bytes, reading: Reading) -> Call:
    """The call of a request. What is wrong with one entity is in ``Call.refused``.

    Raises:
        CallError: 400 for a body that cannot be read or whose keys are not those of ``ids``, and for a single entity
            that breaks a rule.
    """
    try:
        return _BODIES.get(address.method, _without_body)(address, body, reading)
    except WireError as error:
        raise CallError(unreadable(error)) from None


def _without_body(address: Address, body: bytes, reading: Reading) -> Call:
    entities = {key: None for key in address.keys if key is not None}
    return _call(address, entities, address.refused)


def _call(address: Address, entities: Mapping[Key, Any], refused: Mapping[str, Refusal]) -> Call:
    return Call(
        resource=address.resource,
        method=address.method,
        entities=entities,
        name=address.name,
        params=address.params,
        paging=address.paging,
        refused=refused,
    )


def _entities(address: Address, body: bytes, reading: Reading) -> Call:
    view, protocol = address.view, address.dialect.protocol
    given = read_entities(body, address.method)
    indexes = match_keys(address.asked, given, view.key.kind, protocol, view.key.names)
    values = _BATCH_VALUES[address.method](view.fields, list(given.values()), reading)
    entities: dict[Key, Any] = {}
    refused = dict(address.refused)
    for index, value in zip(indexes.values(), values, strict=True):
        key = address.keys[index]
        if key is None:
            continue
        checked = value if isinstance(value, Mapping) else bodies.ruled(address.resource, key, value)
        if isinstance(checked, Refusal):
            refused[_reply_text(view, address.asked[index], protocol)] = checked
        else:
            entities[key] = checked
    return _call(address, entities, refused)


def _read_patches(record: Record, values: list[Any], reading: Reading) -> list[Patch | Refusal]:
    return [read_patch_entity(record, value, reading) for value in values]


_BATCH_VALUES: dict[Method, Callable[..., list[Any]]] = {
    Method.BATCH_UPDATE: bodies.read_entities,
    Method.BATCH_PARTIAL_UPDATE: _read_patches,
}
_VALUES: dict[Method, Callable[..., Any]] = {
    Method.UPDATE: read_entity,
    Method.PARTIAL_UPDATE: read_patch_entity,
}


def _single(address: Address, body: bytes, reading: Reading) -> Call:
    (key,) = address.keys
    assert key is not None  # a bad key in the path has refused the request
    value = _VALUES[address.method](address.view.fields, read_entity_body(body, address.method), reading)
    if not isinstance(value, Mapping):
        value = bodies.ruled(address.resource, key, value)
    if isinstance(value, Refusal):
        raise CallError(value)
    return _call(address, {key: value}, {})


def _create(address: Address, body: bytes, reading: Reading) -> Call:
    element = read_entity(address.view.fields, read_entity_body(body, address.method), reading)
    if isinstance(element, Refusal):
        raise CallError(element)
    return Call(address.resource, address.method, elements=(element,))


def _create_many(address: Address, body: bytes, reading: Reading) -> Call:
    elements = tuple(read_entity(address.view.fields, value, reading) for value in read_elements(body))
    return Call(address.resource, address.method, elements=elements)


_BODIES: dict[Method, Callable[[Address, bytes, Reading], Call]] = {
    Method.BATCH_UPDATE: _entities,
    Method.BATCH_PARTIAL_UPDATE: _entities,
    Method.UPDATE: _single,
    Method.PARTIAL_UPDATE: _single,
    Method.CREATE: _create,
    Method.BATCH_CREATE: _create_many,
}


# -- the answer -----------------------------------------------------------------------------------------------------


def encode_reply(address: Address, call: Call, reply: Reply) -> HttpResponse:
    """The response that says a reply, with the protocol's headers; the server adds its own (request id and the like)."""
    if isinstance(reply, Refused):
        return encode_refusal(reply.refusal, address.dialect.protocol)
    return _ANSWERS.get(type(reply), _nothing)(address, call, reply)


def encode_refusal(refusal: Refusal, protocol: Protocol) -> HttpResponse:
    """The response that refuses a whole request."""
    return error_response(write_refusal(refusal), protocol)


def _json(protocol: Protocol, status: int, value: Any) -> HttpResponse:
    lines = (("Content-Type", "application/json"), (PROTOCOL_HEADER, protocol.value))
    return HttpResponse(status, Headers(lines), write_json(value))


def _nothing(address: Address, call: Call, reply: Any) -> HttpResponse:
    return HttpResponse(204, Headers(((PROTOCOL_HEADER, address.dialect.protocol.value),)))


def _batch_answer(address: Address, call: Call, reply: BatchReply) -> HttpResponse:
    protocol = address.dialect.protocol
    results: dict[str, Any] = {}
    errors = {text: write_error(write_refusal(refusal)) for text, refusal in call.refused.items()}
    # A key is answered as the canonical writing of what was asked (G-11).
    asked = dict(zip(address.keys, address.asked, strict=True))
    texts = write_keys([asked[key] for key in reply.outcomes], address.view.key.kind, Place.BODY, protocol)
    for text, outcome in zip(texts, reply.outcomes.values(), strict=True):
        if outcome.refusal is not None:
            errors[text] = write_error(write_refusal(outcome.refusal))
        elif outcome.entity is not None:
            results[text] = _projected(address, outcome.entity)
        else:
            results[text] = {"status": outcome.status}
    answer = {"results": results, "errors": errors}
    if address.view.has_statuses and address.method is Method.BATCH_GET:
        # Empty where all went well (the documented sample), the status of what failed otherwise (G-31).
        answer["statuses"] = {text: error["status"] for text, error in errors.items()}
    return _json(protocol, 200, answer)


def _projected(address: Address, entity: Entity) -> dict[str, Any]:
    """An entity as a read answers it: of its fields those that ``fields`` asks for."""
    written = write_entity(address.view.fields, entity)
    return apply_mask(written, address.mask) if address.mask is not None else written


def _created_answer(address: Address, call: Call, reply: Created) -> HttpResponse:
    protocol = address.dialect.protocol
    text, location = _new_key(address, reply, Place.HEADER)
    headers = created_headers(text, location, protocol)
    for version in Protocol:
        # Both id headers: which one a client reads depends on its age, and the other does no harm.
        headers = headers.set(version.id_header, text)
    if reply.entity is None:
        return HttpResponse(201, headers)
    headers = headers.set("Content-Type", "application/json")
    return HttpResponse(201, headers, write_json(write_entity(address.view.fields, reply.entity)))


def _new_key(address: Address, reply: Created, place: Place) -> tuple[str, str]:
    """The text of a new key and the path of what it names."""
    assert reply.key is not None  # whoever creates knows the key
    view, protocol = address.view, address.dialect.protocol
    text = write_key(write_wire_key(address.resource, view, reply.key), view.key.kind, place, protocol)
    return text, write_path(address.resource, view, [reply.key], reply.key, protocol)


def _created_many_answer(address: Address, call: Call, reply: CreatedMany) -> HttpResponse:
    elements = [_created_element(address, element) for element in reply.elements]
    return _json(address.dialect.protocol, 200, {"elements": elements})


def _created_element(address: Address, element: Created | Outcome) -> dict[str, Any]:
    if isinstance(element, Created):
        return write_created(response.Created(201, *_new_key(address, element, Place.BODY)))
    error = write_refusal(element.refusal) if element.refusal else None
    return write_created(response.Created(element.status, error=error))


def _page_answer(address: Address, call: Call, reply: Page) -> HttpResponse:
    paging: dict[str, Any] = {
        "start": reply.paging.start,
        "count": reply.paging.count,
        "links": [{"rel": link.rel, "href": link.href, "type": link.type} for link in _links(address, reply)],
    }
    if reply.total is not None:
        paging["total"] = reply.total
    elements = [_projected(address, element) for element in reply.elements]
    return _json(address.dialect.protocol, 200, {"elements": elements, "paging": paging})


def _links(address: Address, reply: Page) -> list[Link]:
    """The ways to the pages beside this one, said as the request was."""
    protocol, finder = address.dialect.protocol, address.view.finder(address.name or "")
    path = write_path(address.resource, address.view, [], None, protocol)
    # Under 1.0.0 a list of one reads as its value; it is a list all the same, and stands where lists stand (G-48).
    arrays = [param.wire for param in finder.params if isinstance(param.kind, ListOf)] if finder else []
    lists = {name: given for name in arrays if (given := read_list(address.query, name, protocol)) is not None}
    query = {**address.query, **lists}
    returned = len(reply.elements)
    return paging_links(path, query, reply.paging, returned=returned, total=reply.total, protocol=protocol)


def _found_answer(address: Address, call: Call, reply: Found) -> HttpResponse:
    return _json(address.dialect.protocol, 200, _projected(address, reply.entity))


_ANSWERS: dict[type, Callable[[Address, Call, Any], HttpResponse]] = {
    BatchReply: _batch_answer,
    Created: _created_answer,
    CreatedMany: _created_many_answer,
    Page: _page_answer,
    Found: _found_answer,
}
