"""Query tunnelling: fold a query too long for a URL into the body of a POST, and unfold it again.

Unfolding answers for every byte: what belongs to no part, or to a part nobody asked for, is refused, never skipped.
The only exceptions are the preamble and epilogue MIME allows around the parts.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeGuard

from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.http import Headers, HttpRequest
from hirewire.wire.media import MediaType, read_media_type
from hirewire.wire.protocol import OVERRIDE_HEADER

MAX_PLAIN_QUERY = 4_000
"""Bytes of query a client sends untunnelled; servers refuse more than 4,096."""
MAX_PLAIN_URL = 8_000
"""Bytes of URL, scheme to query, a client sends untunnelled; servers refuse more than 8,192."""

FORM = "application/x-www-form-urlencoded"
MIXED = "multipart/mixed"

# Case-sensitive, and OPTIONS among them though no method has it: so the reference reads it, and the method table then
# answers for OPTIONS as it would without a tunnel.
_OVERRIDABLE = frozenset({"GET", "POST", "PUT", "DELETE", "OPTIONS"})
_WHERE = "tunnelled body"


def needs_tunnel(request: HttpRequest, *, origin_bytes: int = 0) -> bool:
    """Whether a request must be folded: more than 4,000 bytes of query, or 8,000 of URL.

    ``origin_bytes`` is the length of ``https://host`` before the target. A request without a query never needs it.
    """
    query, target = (len(text.encode("utf-8", "surrogatepass")) for text in (request.query, request.target))
    return query > MAX_PLAIN_QUERY or (query > 0 and origin_bytes + target > MAX_PLAIN_URL)


# RFC 2046 less the blank and what would need escaping inside quotes.
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=?-]{1,70}", re.ASCII)


def pick_boundary(request: HttpRequest, candidates: Iterable[str]) -> str:
    """The first candidate that occurs neither in the target nor in the body; Ours when there is none.

    Candidates are the caller's, because randomness is: a few random tokens will do.
    """
    for candidate in candidates:
        if not _occurs(candidate, request):
            return candidate
    raise Ours("every boundary offered occurs in the request: offer longer ones", where="multipart boundary")


def fold(request: HttpRequest, boundary: str) -> HttpRequest:
    """The tunnelled form of a request: the query in the body, the verb in a header. Without a query: unchanged.

    Raises:
        Ours: for a boundary that occurs in the request, and for a request that cannot be tunnelled.
    """
    query, content_type = request.query, request.headers.get("Content-Type")
    if not query:
        return request
    _check_foldable(request, content_type)
    headers = request.headers.without("Content-Length").set(OVERRIDE_HEADER, request.verb)
    if not request.body:
        return HttpRequest("POST", request.path, headers.set("Content-Type", FORM), query.encode())
    if not _BOUNDARY.fullmatch(boundary) or _occurs(boundary, request):
        raise Ours(f"the boundary {boundary!r} is malformed or occurs in the request", where="multipart boundary")
    mark = boundary.encode()
    body = b"--%b\r\nContent-Type: %b\r\n\r\n%b\r\n--%b\r\nContent-Type: %b\r\n\r\n%b\r\n--%b--\r\n" % (
        *(mark, FORM.encode(), query.encode()),
        *(mark, (content_type or "").encode(), request.body),
        mark,
    )
    return HttpRequest("POST", request.path, headers.set("Content-Type", f'{MIXED}; boundary="{boundary}"'), body)


def _check_foldable(request: HttpRequest, content_type: str | None) -> None:
    if request.verb not in _OVERRIDABLE or request.headers.get(OVERRIDE_HEADER) is not None:
        raise Ours(f"a {request.verb} request cannot be tunnelled, nor one that is already", where="verb")
    if stray := _stray(request.query):
        message = f"the query holds {stray[0]!r}: escape it before sending"
        raise Ours(message, where="query", offset=stray.start())
    if request.body and not _is_sendable_type(content_type):
        raise Ours(f"a body of type {content_type!r} cannot be tunnelled", where="header Content-Type")


def _is_sendable_type(content_type: str | None) -> bool:
    """Whether a part can carry this Content-Type in one line, and its reader takes it for one that says something."""
    text = content_type or ""
    return text.isascii() and text.isprintable() and _is_entity_type(read_media_type(text))


def _occurs(boundary: str, request: HttpRequest) -> bool:
    return boundary in request.target or boundary.encode("utf-8", "surrogatepass") in request.body


def unfold(request: HttpRequest) -> HttpRequest:
    """The request a tunnelled one stands for; without ``X-HTTP-Method-Override`` the request itself.

    The outer verb is not looked at: documented samples send PUT and DELETE. A query already in the URL stays in front.

    Raises:
        Theirs: 400 for what cannot be read whole, 415 for a body of another type.
    """
    verb = _only(request.headers, OVERRIDE_HEADER)
    if verb is None:
        return request
    if verb not in _OVERRIDABLE:
        expected = ", ".join(sorted(_OVERRIDABLE))
        raise Theirs(f"expected one of {expected}, got {verb[:40]!r}", where=f"header {OVERRIDE_HEADER}")
    media = _content_type(request.headers)
    inner = replace(request, verb=verb, headers=request.headers.without(OVERRIDE_HEADER))
    if media.name == FORM:
        return _with_query(_with_entity(inner, None), request.body)
    if media.name == MIXED:
        return _unfold_parts(inner, media.parameters.get("boundary"))
    if request.body:
        message = f"a tunnelled body must be {FORM} or {MIXED}, got {media.name[:80]!r}"
        raise Theirs(message, where="header Content-Type", status=415)
    return inner


def _only(headers: Headers, name: str) -> str | None:
    """The value of a header that decides what the request is: given twice, two readers may decide differently."""
    values = [value for key, value in headers if key.lower() == name.lower()]
    if len(values) > 1:
        raise Theirs(f"given {len(values)} times: send it once", where=f"header {name}")
    return values[0] if values else None


def _content_type(headers: Headers) -> MediaType:
    text = _only(headers, "Content-Type")
    media = read_media_type(text or "")
    if media is None:
        message = f"a tunnelled request needs Content-Type {FORM} or {MIXED}, got {(text or '')[:80]!r}"
        raise Theirs(message, where="header Content-Type")
    return media


# What may not stand in a raw query: bad percent escapes, blanks, controls, and the ASCII characters URLs leave out.
# Characters beyond ASCII are let through: as in an address bar, they are data nobody took the trouble to escape.
_STRAY = re.compile(r"""%(?![0-9A-Fa-f]{2})|[\x00-\x20"#<>\\^`{|}\x7f-\x9f\s\ud800-\udfff]""")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_URL_BYTES = bytes(byte for byte in range(0x80) if not _STRAY.match(chr(byte) + "00"))


def _stray(query: str) -> re.Match[str] | None:
    """The first character that makes a text no query. Nearly every query has none, which the two quick looks tell."""
    if query.encode("utf-8", "surrogatepass").translate(None, _URL_BYTES):
        return _STRAY.search(query)
    return _STRAY_PERCENT.search(query)


def _with_query(request: HttpRequest, raw: bytes) -> HttpRequest:
    try:
        query = raw.decode()
    except UnicodeDecodeError as error:
        raise Theirs("the tunnelled query is not UTF-8", where=_WHERE, offset=error.start) from None
    if stray := _stray(query):
        message = f"the tunnelled query holds {stray[0]!r}: it must be a raw query, escaped as in a URL"
        raise Theirs(message, where=_WHERE, offset=stray.start())
    if not query:
        return request
    glue = "&" if request.query else "" if "?" in request.target else "?"
    return replace(request, target=f"{request.target}{glue}{query}")


def _with_entity(request: HttpRequest, entity: _Part | None) -> HttpRequest:
    headers = request.headers.without("Content-Type", "Content-Length")
    if entity is None:
        return replace(request, headers=headers, body=b"")
    lines = (("Content-Type", entity.content_type), ("Content-Length", str(len(entity.content))))
    return replace(request, headers=Headers((*headers, *lines)), body=entity.content)


@dataclass(frozen=True, slots=True)
class _Part:
    media: MediaType
    content_type: str
    content: bytes


def _unfold_parts(request: HttpRequest, boundary: str | None) -> HttpRequest:
    """The first form part is the query, wherever it stands; the first other part is the entity; more are refused."""
    query: _Part | None = None
    entity: _Part | None = None
    for part in map(_read_part, _split(request.body, _delimiter(request.body, boundary))):
        if part.media.name == FORM and query is None:
            query = part
        elif entity is None:
            entity = part
        else:
            raise Theirs("a second entity part: a request carries one query and one entity", where=_WHERE)
    plain = _with_entity(request, entity)
    return _with_query(plain, query.content) if query else plain


_FIRST_DELIMITER = re.compile(rb"(?:\A|\n)--([^\r\n]*[^\s])")


def _delimiter(body: bytes, boundary: str | None) -> bytes:
    """``--boundary``; without the parameter, the first line that looks like one says it."""
    if boundary:
        return b"--" + boundary.encode("utf-8", "surrogatepass")
    line = _FIRST_DELIMITER.search(body)
    if line is None:
        raise _no_start()
    return b"--" + line[1]


def _split(body: bytes, delimiter: bytes) -> Iterator[bytes]:
    """The bytes of each part: header lines, blank line, content.

    Linear: each search goes on where the last one ended. What stands before the first delimiter line and after the
    closing one is preamble and epilogue. Without a closing one the last part ends with the body.
    """
    text, mark = b"\n" + body, b"\n" + delimiter  # so that the first line, too, is one that follows a line end
    line = _next_line(text, mark, 0)
    if line is None or line.closes:
        raise _no_start()
    while not line.closes:
        following = _next_line(text, mark, line.end - 1)
        if following is None:
            yield text[line.end :]
            return
        yield text[line.end : following.start]
        line = following


@dataclass(frozen=True, slots=True)
class _DelimiterLine:
    start: int
    end: int
    closes: bool


_REST_OF_LINE = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")


def _next_line(text: bytes, mark: bytes, at: int) -> _DelimiterLine | None:
    """The next delimiter line with the line end before it, which is its own (RFC 2046). CRLF and bare LF both do.

    A line that only begins like the delimiter is content. A boundary is seldom seen twice, so a pattern with it is made
    only once such a line is met: hostile bodies hold millions.
    """
    found = text.find(mark, at)
    rest = _REST_OF_LINE.match(text, found + len(mark)) if found >= 0 else None
    if found >= 0 and rest is None:
        rest = re.compile(re.escape(mark) + _REST_OF_LINE.pattern).search(text, found + 1)
        found = rest.start() if rest else -1
    if rest is None:
        return None
    start = found - 1 if text[found - 1 : found] == b"\r" else found
    return _DelimiterLine(start, rest.end(), closes=rest[1] is not None)


_BLANK_LINE = re.compile(rb"(?:\A|\n)\r?\n")
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_HEADER_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:([\t\x20-\x7e\x80-\xff]*)")
_PART_HEADERS_MAX = 8_192
_PLAIN_ENCODINGS = frozenset({"7bit", "8bit", "binary"})


def _read_part(raw: bytes) -> _Part:
    """One part; headers without a blank line after them are a part without content (RFC 2046)."""
    blank = _BLANK_LINE.search(raw, 0, _PART_HEADERS_MAX)
    lines, content = (raw[: blank.start()], raw[blank.end() :]) if blank else (raw, b"")
    if len(lines) > _PART_HEADERS_MAX:
        raise Theirs(f"the headers of a part are longer than {_PART_HEADERS_MAX} bytes", where=_WHERE)
    headers = _read_headers(lines)
    content_type = _only(headers, "Content-Type") or ""
    media = read_media_type(content_type)
    if not _is_entity_type(media):
        message = f"a part needs a Content-Type that says what it is, got {content_type[:80]!r}"
        raise Theirs(message, where=_WHERE)
    return _Part(media, content_type, _decoded(content, _only(headers, "Content-Transfer-Encoding") or "binary"))


def _is_entity_type(media: MediaType | None) -> TypeGuard[MediaType]:
    """text/plain is what MIME assumes for an untyped part, so it says as little as no type at all."""
    return media is not None and media.name != "text/plain"


def _read_headers(lines: bytes) -> Headers:
    found = []
    for line in _FOLDED.sub(b" ", lines).decode("latin-1").split("\n"):
        if not (text := line.removesuffix("\r")):
            continue
        header = _HEADER_LINE.fullmatch(text)
        if header is None:
            raise Theirs(f"expected a header line of a part, got {text[:80]!r}", where=_WHERE)
        found.append((header[1], header[2].strip()))
    return Headers(found)


def _decoded(content: bytes, encoding: str) -> bytes:
    if encoding.lower() in _PLAIN_ENCODINGS:
        return content
    if encoding.lower() != "base64":
        raise Theirs(f"the transfer encoding {encoding[:40]!r} is not supported: send the part as it is", where=_WHERE)
    try:
        return binascii.a2b_base64(content.translate(None, b" \t\r\n"), strict_mode=True)
    except binascii.Error as error:
        raise Theirs(f"a part is not the base64 it says: {error}", where=_WHERE) from None


def _no_start() -> Theirs:
    return Theirs("no line with the boundary begins a part: check the boundary in Content-Type", where=_WHERE)
