"""The vectors on messages that ours answers differently on purpose, each with its reason.

``DEVIATIONS`` names single cases: the file, and the name its test gives the case. ``RULES`` are for families of cases,
which may have members no file lists yet. The tests hold that each case listed here really is answered differently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ANY_CASE_OF_TYPE = "media types compare without regard to case; the reference drops the query or the body"
NO_KEY_READ_ON_AN_UNKNOWN_PATH = (
    "G-4: the path is looked at first, and nothing is there; the reference reads the key first"
)

DEVIATIONS: dict[tuple[str, str], str] = {
    ("tunnel_decode", "form upper-case type"): ANY_CASE_OF_TYPE,
    ("tunnel_decode", "multipart/MIXED case"): ANY_CASE_OF_TYPE,
    ("tunnel_decode", "two json parts"): "a second entity part is 400; the reference drops it with a warning",
    ("tunnel_decode", "boundary line inside json"): "bytes that belong to no part are 400; the reference drops them",
    ("tunnel_decode", "multipart/form-data"): "a body of another type is 415; the reference drops it",
    (
        "testsuite_wire",
        "1.0.0 complexkey-partial-update",
    ): "patches of nested records are refused: no resource has them",
    (
        "testsuite_wire",
        "2.0.0 complexkey-partial-update",
    ): "patches of nested records are refused: no resource has them",
    ("routing", "1.0.0 GET /follows/followerID=1/bad_path"): NO_KEY_READ_ON_AN_UNKNOWN_PATH,
    ("routing", "2.0.0 GET /follows/(followerID:1)/bad_path"): NO_KEY_READ_ON_AN_UNKNOWN_PATH,
    ("routing", "1.0.0 GET /follows/followerID=1&followerID=2/bad_path"): NO_KEY_READ_ON_AN_UNKNOWN_PATH,
    ("routing", "2.0.0 GET /follows/(followerID:1,followerID:2)/bad_path"): NO_KEY_READ_ON_AN_UNKNOWN_PATH,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A family of cases: ``applies`` looks at a case's name, what the vector expects and what ours answers."""

    file: str
    applies: Callable[[str, Any, Any], bool]
    reason: str


RULES = [
    Rule(
        "accept",
        lambda name, expected, ours: isinstance(expected, str) and expected != "application/json",
        "only application/json is ever answered, without parameters; the reference has other serialisations",
    ),
    Rule(
        "routing",
        lambda name, expected, ours: expected == 400 and ours == 405,
        "G-42: the request means a method, which this resource does not offer",
    ),
    Rule("routing", lambda name, expected, ours: "altkey=" in name, "G-55: alternative keys are out of scope"),
]


def reason_to_deviate(file: str, name: str, expected: Any, ours: Any) -> str | None:
    """Why ours may answer a case differently, or None: then it must not."""
    found = (rule.reason for rule in RULES if rule.file == file and rule.applies(name, expected, ours))
    return DEVIATIONS.get((file, name)) or next(found, None)
