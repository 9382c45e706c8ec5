"""The vectors of the codec that ours answers differently on purpose: which answers of which cases, and why.

``DEVIATIONS`` names single cases: the file, and what identifies a case there. ``RULES`` are for families of cases, which
may have members no file lists yet. The tests hold that each of them really is answered differently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

DEVIATIONS: dict[tuple[str, str], str] = {
    ("v1_query_decode_ok", "a.=1"): "a dot needs a name on both sides; the reference drops the empty one",
    ("v1_path_segment", "a[1][2]"): "a name has one index; the reference makes the first of two a part of the name",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One answer to a family of cases of one file."""

    file: str
    answer: str
    applies: Callable[[Any], bool]
    reason: str


def _names(query: str) -> list[str]:
    return [unquote(piece.partition("=")[0]) for piece in query.split("&") if piece]


def _has_empty_segment(query: str) -> bool:
    return any(not segment or segment.startswith("[") for name in _names(query) for segment in name.split("."))


def _repeats_an_escaped_name(query: str) -> bool:
    return any(count > 1 and "~" in name for name, count in Counter(_names(query)).items())


def _needs_escaping(key: dict[str, Any]) -> bool:
    """Whether a value holds anything form-encoding escapes."""
    return any(str(value).translate(_NEVER_ESCAPED) for value in key.values() if not isinstance(value, dict | list))


_NEVER_ESCAPED = dict.fromkeys(map(ord, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-*_"))

_EMPTY = "a dot needs a name on both sides; the reference drops an empty one at the end"
_REPEATED = "~XX in a name is undone wherever the name stands; the reference forgets it in a repeated name"
_ESCAPED = "body keys are written escaped: from an unescaped one a reader takes another value, or none"
_FLAT = "an association key is flat; the reference writes its language's text of a list or map, which nobody can read"


def _is_nested(case: Any) -> bool:
    return any(isinstance(value, dict | list) for value in case["key"].values())


RULES = [
    Rule(
        "params_random_corpus",
        "v1_query read",
        lambda case: "v1_decoded" in case and _has_empty_segment(case["v1_query"]),
        _EMPTY,
    ),
    Rule(
        "params_random_corpus",
        "v1_query read",
        lambda case: "v1_decoded" in case and _repeats_an_escaped_name(case["v1_query"]),
        _REPEATED,
    ),
    Rule("keys_random_corpus", "v1_requestBody written", lambda case: _needs_escaping(case["key"]), _ESCAPED),
    Rule("keys", "v1 requestBodyKey(full) written", lambda case: _needs_escaping(case["key"]), _ESCAPED),
    Rule("keys", "v1 asAssociation_bodyKey written", _is_nested, _FLAT),
    Rule("keys", "v1 asAssociation_path written", _is_nested, _FLAT),
]
