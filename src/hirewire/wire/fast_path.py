"""The usual shapes of a hundred keys in one pass of a regular expression. It answers only what it is sure of.

Every function gives exactly what the exact reader or writer would give, or None: then the caller goes the exact way,
which also words the error. Held by tests/wire/test_fast_path.py on generated and on mutated texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, repeat

from hirewire.wire import v1, v2
from hirewire.wire.errors import Theirs
from hirewire.wire.percent import Escape, decode, decode_form
from hirewire.wire.protocol import Protocol
from hirewire.wire.tree import MAX_TEXT, MAX_VALUES, Read, Tree

_Row = tuple[str, ...]

# Well below the bound: the exact way measures the text as it came, which may be a little longer.
_LONGEST = MAX_TEXT // 2


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a batch of complex keys is written: rows, each led by the same character, of parts in the same order.

    Values are matched by ``[^x]``, the fastest there is, and so may run over grammar. Two checks on the whole text make
    up for it: no character but those allowed, and each grammar character exactly as often as the rows account for.
    """

    begins: str
    """What the text begins with, if it has this shape."""
    opening: str
    closing: str
    """Around all rows; cut off."""
    lead: str
    """The one character before every row, put before the first one too."""
    first: str
    between: str
    last: str
    """Before, between and after the parts of a row, as regular expressions; ``first`` has a group for the index."""
    assign: str
    value: str
    last_value: str
    """Between name and value, and the values, as regular expressions."""
    skeleton: Callable[[int], str]
    """The grammar characters of one row of so many parts."""
    names: re.Pattern[str]
    """Finds the names of the first row, in their order. A wrong guess only finds no rows."""
    allowed: bytes
    decode: Callable[[str, str], str]

    def row(self, order: _Row) -> re.Pattern[str]:
        """One row with its parts in this order."""
        values = [*repeat(self.value, len(order) - 1), self.last_value]
        parts = self.between.join(f"{name}{self.assign}({value})" for name, value in zip(order, values, strict=True))
        return re.compile(f"{self.lead}{self.first}{parts}{self.last}")


_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_URI = _LETTERS + b"-._~!$*;@/?=+%[]"


def _v1_query(opening: str, closing: str) -> _Shape:
    """``ids[7].a=x&ids[7].b=y``, with the brackets spelled one way throughout."""
    return _Shape(
        begins=f"ids{opening}",
        opening="",
        closing="",
        lead="&",
        first=rf"ids{re.escape(opening)}([0-9]{{1,9}}){re.escape(closing)}\.",
        between=rf"&ids{re.escape(opening)}\1{re.escape(closing)}\.",
        last="",
        assign="=",
        value="[^&]*",
        last_value="[^&]*",
        skeleton=lambda parts: "&" * parts,
        names=re.compile(r"\.([A-Za-z0-9_]+)="),
        allowed=_URI + b"'(),:&",
        decode=decode_form,
    )


_QUERIES = {
    Protocol.V1: (_v1_query("[", "]"), _v1_query("%5B", "%5D")),
    # ids=List((a:x,b:y),...)
    Protocol.V2: (
        _Shape(
            begins="ids=List((",
            opening="ids=List(",
            closing=")",
            lead=",",
            first=r"()\(",
            between=",",
            last=r"\)(?![^,])",
            assign=":",
            value="[^,]+",
            last_value="[^)]+",
            skeleton=lambda parts: "()" + ",:" * parts,
            names=re.compile(r"[(,]([A-Za-z0-9_]+):"),
            allowed=_URI + b"(),:",
            decode=decode,
        ),
    ),
}
# Body keys are read as lines of one text. A key that holds a line end makes a line too many and so gives itself away.
_BODIES = {
    # a=x&b=y
    Protocol.V1: _Shape(
        begins="",
        opening="",
        closing="",
        lead="\n",
        first="()",
        between="&",
        last="",
        assign="=",
        value="[^&]*",
        last_value=r"[^\n]*",
        skeleton=lambda parts: "\n" + "&" * (parts - 1),
        names=re.compile(r"(?:\A|&)([A-Za-z0-9_]+)="),
        allowed=_URI + b"'(),:&\n",
        decode=decode_form,
    ),
    # (a:x,b:y)
    Protocol.V2: _Shape(
        begins="(",
        opening="",
        closing="",
        lead="\n",
        first=r"()\(",
        between=",",
        last=r"\)(?!.)",
        assign=":",
        value="[^,]+",
        last_value="[^)]+",
        skeleton=lambda parts: "\n()" + ":" * parts + "," * (parts - 1),
        names=re.compile(r"[(,]([A-Za-z0-9_]+):"),
        allowed=_URI + b' "#&<>\\^`{|}(),:\n',
        decode=decode,
    ),
}


@dataclass(frozen=True, slots=True)
class _SimpleShape:
    """How a batch of simple keys is written: values with the same text between them."""

    opening: str
    between: str
    closing: str
    whole: re.Pattern[str]
    decode: Callable[[str, str], str]


# Simple keys with brackets or quotes in them go the exact way.
_SIMPLE = {
    Protocol.V1: _SimpleShape(
        "ids=", "&ids=", "", re.compile(r"ids=[A-Za-z0-9\-._~:%+]*(?:&ids=[A-Za-z0-9\-._~:%+]*)*"), decode_form
    ),
    Protocol.V2: _SimpleShape(
        "ids=List(", ",", ")", re.compile(r"ids=List\([A-Za-z0-9\-._~%+]+(?:,[A-Za-z0-9\-._~%+]+)*\)"), decode
    ),
}


@dataclass(frozen=True, slots=True)
class _Writing:
    """How complex keys are written in one place: a format for one key, and which values stand as they are."""

    frame: str
    part: str
    between: str
    bare: re.Pattern[str]
    escape: Escape
    opening: str = ""
    separator: str = ""
    closing: str = ""
    indexed: bool = False

    def template(self, names: Iterable[str]) -> str:
        """The format of one key; takes the values of its parts, each behind its index where keys have one."""
        return self.frame.format(self.between.join(map(self.part.format, names)))


_BODY_WRITINGS = {
    Protocol.V1: _Writing("{}", "{}=%s", "&", re.compile(r"[A-Za-z0-9\-._*]*"), v1.escape_form),
    Protocol.V2: _Writing("({})", "{}:%s", ",", re.compile(r"[^(),:'%]*"), v2.escape_body),
}
_PLAIN = re.compile(r"[A-Za-z0-9\-._~]*")
_QUERY_WRITINGS = {
    Protocol.V1: _Writing("{}", "ids%%5B%d%%5D.{}=%s", "&", _PLAIN, v1.escape_query, separator="&", indexed=True),
    Protocol.V2: _Writing(
        "({})", "{}:%s", ",", _PLAIN, v2.escape_query, opening="ids=List(", separator=",", closing=")"
    ),
}
_NAME = re.compile(r"[A-Za-z0-9_]+")
_INDEX_ROOM = len("ids[00000].")


def query_keys(text: str, parts: Sequence[str], protocol: Protocol) -> list[dict[str, Read]] | None:
    """The distinct complex keys of a query that holds nothing but ``ids``, in request order."""
    for shape in _QUERIES[protocol]:
        if text.startswith(shape.begins) and text.endswith(shape.closing):
            return _keys(shape, text[len(shape.opening) : len(text) - len(shape.closing)], parts, distinct=True)
    return None


def simple_query_keys(text: str, protocol: Protocol) -> list[str] | None:
    """The distinct simple keys of a query that holds nothing but ``ids``, in request order."""
    shape = _SIMPLE[protocol]
    if len(text) > _LONGEST or not shape.whole.fullmatch(text):
        return None
    values = text[len(shape.opening) : len(text) - len(shape.closing)].split(shape.between)
    decoded = _decoded(values, shape.decode) if len(values) < MAX_VALUES else None
    return None if decoded is None else list(dict.fromkeys(decoded))


def body_keys(texts: Sequence[str], parts: Sequence[str], protocol: Protocol) -> list[dict[str, Read]] | None:
    """The complex keys of a body, one for each text."""
    keys = _keys(_BODIES[protocol], "\n".join(texts), parts, distinct=False)
    return keys if keys is not None and len(keys) == len(texts) else None


def write_body_keys(keys: Sequence[Mapping[str, Tree]], protocol: Protocol) -> list[str] | None:
    """The canonical texts of complex keys of one shape and of non-empty ASCII parts."""
    return _written(keys, _BODY_WRITINGS[protocol])


def write_query_keys(keys: Sequence[Mapping[str, Tree]], protocol: Protocol) -> str | None:
    """The query that holds nothing but such keys."""
    writing = _QUERY_WRITINGS[protocol]
    texts = _written(keys, writing)
    if texts is None:
        return None
    if writing.indexed:
        # Names are sorted as text: ids[0], ids[10], ids[1].
        texts = [texts[index] for index in sorted(range(len(texts)), key="{}]".format)]
    return f"{writing.opening}{writing.separator.join(texts)}{writing.closing}"


def _keys(shape: _Shape, text: str, parts: Sequence[str], *, distinct: bool) -> list[dict[str, Read]] | None:
    order = tuple(name[1] for name in islice(shape.names.finditer(text), len(parts)))
    if not order or sorted(order) != sorted(parts) or len(set(order)) < len(order):
        return None
    if len(text) > _LONGEST or not text.isascii() or text.encode().translate(None, shape.allowed):
        return None
    text = shape.lead + text
    found = _row_pattern(shape, order).findall(text)
    skeleton = shape.skeleton(len(order))
    if any(text.count(sign) != skeleton.count(sign) * len(found) for sign in set(skeleton)):
        return None
    indexes, *raw = zip(*found, strict=True)
    columns = [_decoded(column, shape.decode) for column in raw]
    if None in columns or len(found) * (len(order) + 1) >= MAX_VALUES:
        return None
    rows = _by_index(indexes, list(zip(*columns, strict=True)))
    if rows is None:
        return None
    if distinct and len(set(rows)) < len(rows):
        rows = list(dict.fromkeys(rows))
    return _RECORDS.get(len(order), _records)(order, rows)


@lru_cache(maxsize=256)  # a resource has few parts and so few orders of them, whatever clients send
def _row_pattern(shape: _Shape, order: _Row) -> re.Pattern[str]:
    return shape.row(order)


def _by_index(indexes: Sequence[str], rows: list[_Row]) -> list[_Row] | None:
    """Rows in the order of their indexes; None when one occurs twice, which is an error for the exact way."""
    if not indexes[0]:
        return rows
    numbers = list(map(int, indexes))
    if len(set(numbers)) < len(numbers):
        return None
    return rows if sorted(numbers) == numbers else [row for _, row in sorted(zip(numbers, rows, strict=True))]


def _records(order: _Row, rows: Iterable[_Row]) -> list[dict[str, Read]]:
    return [dict(pairs) for pairs in map(zip, repeat(order), rows)]


def _records_of_3(order: _Row, rows: Iterable[_Row]) -> list[dict[str, Read]]:
    one, two, three = order
    return [{one: first, two: second, three: third} for first, second, third in rows]


def _records_of_4(order: _Row, rows: Iterable[_Row]) -> list[dict[str, Read]]:
    one, two, three, four = order
    return [{one: first, two: second, three: third, four: fourth} for first, second, third, fourth in rows]


# The documented keys have three parts (notes) and four (configurations); spelled out, three times as fast.
_RECORDS = {3: _records_of_3, 4: _records_of_4}


def _decoded(column: Sequence[str], decode: Callable[[str, str], str]) -> Sequence[str] | None:
    """The values of one part, each distinct text decoded once: an integration context repeats in every key."""
    joined = "".join(column)
    if "%" not in joined and "+" not in joined:
        return column
    try:
        texts = {text: decode(text, "") for text in set(column)}
    except Theirs:
        return None
    return [texts[text] for text in column]


def _written(keys: Sequence[Mapping[str, Tree]], writing: _Writing) -> list[str] | None:
    columns = _columns(keys)
    if columns is None:
        return None
    texts: list[Sequence[object]] = []
    for column in columns.values():
        if writing.indexed:
            texts.append(range(len(column)))
        texts.append(_escaped(column, writing))
    return list(map(writing.template(columns).__mod__, zip(*texts, strict=True)))


def _columns(keys: Sequence[Mapping[str, Tree]]) -> dict[str, list[str]] | None:
    """The values of every part by its name, names sorted; None unless all keys are flat, plain and alike."""
    names = sorted(name for name in (keys[0] if keys else {}) if _NAME.fullmatch(name))
    if not names or any(len(key) != len(names) for key in keys) or len(keys) * (len(names) + 1) >= MAX_VALUES:
        return None
    columns: dict[str, list[str]] = {}
    characters = 0
    for name in names:
        values = [value for key in keys if isinstance(value := key.get(name), str) and value]
        joined = "".join(values)
        characters += len(joined) + (len(name) + _INDEX_ROOM) * len(keys)
        if len(values) < len(keys) or not joined.isascii() or characters > MAX_TEXT:
            return None
        columns[name] = values
    return columns


def _escaped(column: Sequence[str], writing: _Writing) -> Sequence[str]:
    if writing.bare.fullmatch("".join(column)):
        return column
    texts = {text: writing.escape(text) for text in set(column)}
    return [texts[text] for text in column]
