"""Sentences about wrong settings: which key, what was expected, what was given, what to do. Secrets are never quoted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, SecretStr

from hirewire.runtime.settings_model import is_secret, is_structured, keys_at, meaning_of
from hirewire.runtime.toml_lines import KeyPath

_SHOWN_CHARACTERS_MAX = 80
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_CREDENTIALS_IN_URL = re.compile(r"(://)[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class Place:
    """What a sentence may mention: the model, where one would add a key, and the prefix of variables."""

    model: type[BaseModel]
    file: str | None
    prefix: str


def explain(path: KeyPath, detail: Mapping[str, Any], place: Place) -> str:
    """One of pydantic's errors (``ValidationError.errors()``) in our words."""
    return _WORDINGS.get(detail["type"], _invalid)(path, detail, place)


def written(path: KeyPath) -> str:
    """A path as a person would write it.

    >>> written(("customers", 0, "client_id"))
    'customers[0].client_id'
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if _BARE_KEY.fullmatch(part) else json.dumps(part))
    return text


def shown(value: object) -> str:
    """A value as a person gave it: bounded, on one line, without the password of a URL.

    >>> shown("postgresql://ats:hunter2@db/ats")
    "'postgresql://(hidden)@db/ats'"
    """
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "an array"
    if isinstance(value, bool):
        return str(value).lower()
    text = _CREDENTIALS_IN_URL.sub(r"\1(hidden)@", str(value)[: 10 * _SHOWN_CHARACTERS_MAX])
    short = text if len(text) <= _SHOWN_CHARACTERS_MAX else text[:_SHOWN_CHARACTERS_MAX] + "..."
    return repr(short) if isinstance(value, str) else short


def _missing(path: KeyPath, detail: Mapping[str, Any], place: Place) -> str:
    meaning = meaning_of(place.model, path)
    where = f"add it to {place.file}" if place.file else "name a settings file that has it"
    variable = place.prefix + "__".join(str(part).upper() for part in path)
    return f"required, but absent{f' ({meaning})' if meaning else ''}; {where}, or set {variable}"


def _unknown(path: KeyPath, detail: Mapping[str, Any], place: Place) -> str:
    known = keys_at(place.model, path[:-1])
    close = get_close_matches(str(path[-1]), known, n=1, cutoff=0.6)
    hint = f"did you mean {close[0]!r}? " if close else ""
    table = f"[{written(path[:-1])}]" if len(path) > 1 else "the file"
    return f"there is no such setting; {hint}{table} may have: {', '.join(known)}"


def _invalid(path: KeyPath, detail: Mapping[str, Any], place: Place) -> str:
    expected = " ".join(detail["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ").split())
    expected = expected.replace("Input should be", "expected").replace("Input should have", "expected")
    meaning = "" if is_structured(place.model, path) else meaning_of(place.model, path)
    if is_secret(place.model, path):
        rule = "not acceptable" if _may_quote(expected, detail["input"]) else expected
        return f"{rule}{f' ({meaning})' if meaning else ''}; what was given is not shown, since it is a secret"
    return f"{expected}, got {shown(detail['input'])}{f' ({meaning})' if meaning else ''}"


def _may_quote(sentence: str, given: object) -> bool:
    """Whether a sentence holds the secret it is about: a validator may have put it there."""
    raw = given.get_secret_value() if isinstance(given, SecretStr) else given
    return not isinstance(raw, str) or (bool(raw.strip()) and raw.strip() in sentence)


_WORDINGS: dict[str, Callable[[KeyPath, Mapping[str, Any], Place], str]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
}
