"""Any Rest.li call by hand: the escape hatch below everything the catalog knows. One request, one raw answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hirewire.catalog.generations import VERSION_HEADER
from hirewire.client.authorized import deliver
from hirewire.client.conversation import failure, is_target, may_have_applied, named, prepared
from hirewire.client.effects import Flow, NoAnswer
from hirewire.client.errors import ConfigurationError
from hirewire.client.exchange import RawResponse
from hirewire.client.patience import Patience
from hirewire.client.session import Session
from hirewire.plan.retry import Stop
from hirewire.wire.body import write_json
from hirewire.wire.errors import Ours
from hirewire.wire.http import Headers, HttpRequest
from hirewire.wire.protocol import METHOD_HEADER, PROTOCOL_HEADER
from hirewire.wire.query import write_query
from hirewire.wire.tree import Tree

_VERB = re.compile(r"[A-Z]{1,20}", re.ASCII)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
# Written by the layers below: a second line of one of these would make two readers disagree.
_HEADERS_RESERVED = frozenset({"authorization", "content-length", "host", "transfer-encoding"})
_HEADER_VALUE = re.compile(r"[ -~]*", re.ASCII)


def request_by_hand(
    session: Session,
    verb: str,
    path: str,
    *,
    params: Mapping[str, Tree] | str | None = None,
    method: str | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Flow[RawResponse]:
    """Send one request as described, with a token and the client's protocol and version; tunnelled when too long.

    It is sent once (twice when the token was refused), because only the caller knows whether repeating does harm. Any
    status is an answer.

    Raises:
        HirewireError: no answer came, or the request cannot be written.
    """
    plain = _written(session, verb, _target(session, path, params), _headers(session, method, body, headers), body)
    received = yield from deliver(session, prepared(session, plain), Patience.of(session))
    if isinstance(received, NoAnswer):
        raise failure(received, what=named(plain), stop=Stop(), in_doubt=may_have_applied(received))
    return RawResponse.of(received)


def _target(session: Session, path: str, params: Mapping[str, Tree] | str | None) -> str:
    try:
        query = params if isinstance(params, str) else write_query(params or {}, session.protocol)
    except Ours as error:
        raise ConfigurationError(f"params: {error}") from error
    glue = "&" if "?" in path else "?"
    return f"{path}{glue}{query}" if query else path


def _headers(session: Session, method: str | None, body: Any, given: Mapping[str, str] | None) -> Headers:
    headers = Headers(
        [
            ("Accept", "application/json"),
            (PROTOCOL_HEADER, session.protocol.value),
            # Also on /v2, where it is ignored: whether a path wants it is not for this layer to know.
            (VERSION_HEADER, session.version),
        ]
    )
    if body is not None:
        headers = headers.set("Content-Type", "application/json")
    if method is not None:
        headers = headers.set(METHOD_HEADER, method)
    for name, value in (given or {}).items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise ConfigurationError(f"headers: {name!r} or its value cannot stand in a header line")
        if name.lower() in _HEADERS_RESERVED:
            raise ConfigurationError(f"headers: {name} is written by the client")
        headers = headers.set(name, value)
    return headers


def _written(session: Session, verb: str, target: str, headers: Headers, body: Any) -> HttpRequest:
    if not _VERB.fullmatch(verb):
        raise ConfigurationError(f"verb: expected one in capitals such as GET, got {verb!r}")
    if not is_target(target):
        raise ConfigurationError(f"path: expected an escaped path such as /rest/applicationNotes, got {target!r}")
    try:
        content = body if isinstance(body, bytes) else b"" if body is None else write_json(body)
    except Ours as error:
        raise ConfigurationError(f"body: {error}") from error
    return HttpRequest(verb, target, headers, content)
