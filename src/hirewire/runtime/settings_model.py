"""What a settings model says about a key: whether it exists, is a table, is secret, and what it means.

Not here: values. A path need not exist in any file.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, SecretBytes, SecretStr
from pydantic.fields import FieldInfo

from hirewire.runtime.toml_lines import KeyPath

_SECRET_TYPES = (SecretStr, SecretBytes)
_CONTAINERS = (list, tuple, set, frozenset, dict, Mapping)


def keys_at(model: type[BaseModel], path: KeyPath) -> tuple[str, ...]:
    """The keys the table at ``path`` may have, in the order of the model; empty where it is no table of ours."""
    return tuple(_fields(_annotation_at(model, path)))


def meaning_of(model: type[BaseModel], path: KeyPath) -> str:
    """The first line of the field's description, or empty."""
    info = _field_at(model, path)
    return ((info and info.description) or "").partition("\n")[0].rstrip(".")


def exists(model: type[BaseModel], path: KeyPath) -> bool:
    """Whether the model names the last key of ``path`` (an array's element has no name)."""
    return _field_at(model, path) is not None


def is_structured(model: type[BaseModel], path: KeyPath) -> bool:
    """Whether a table or an array belongs at ``path``."""
    annotation = _annotation_at(model, path)
    return bool(_fields(annotation)) or _element(annotation) is not None


def is_secret(model: type[BaseModel], path: KeyPath) -> bool:
    """Whether ``path``, or something around it, must never be shown."""
    return any(
        each in _SECRET_TYPES
        for length in range(1, len(path) + 1)
        for each in _alternatives(_annotation_at(model, path[:length]))
    )


def names_secret_file(model: type[BaseModel], path: KeyPath) -> bool:
    """Whether ``path`` is ``x_file`` beside a secret ``x``, and no setting of its own."""
    if not str(path[-1]).endswith("_file") or exists(model, path):
        return False
    return is_secret(model, secret_path(path))


def secret_path(path: KeyPath) -> KeyPath:
    """Where the secret belongs that the file named at ``path`` holds.

    >>> secret_path(("customers", 0, "client_secret_file"))
    ('customers', 0, 'client_secret')
    """
    return (*path[:-1], str(path[-1]).removesuffix("_file"))


def _alternatives(annotation: Any) -> Iterator[Any]:
    """``Annotated[Secret | None, ...]`` gives Secret and None."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        yield from _alternatives(typing.get_args(annotation)[0])
    elif origin in (typing.Union, types.UnionType):
        for each in typing.get_args(annotation):
            yield from _alternatives(each)
    else:
        yield annotation


def _fields(annotation: Any) -> dict[str, FieldInfo]:
    """The fields of a table, of all its alternatives together, under the names they are written with."""
    found: dict[str, FieldInfo] = {}
    for each in _alternatives(annotation):
        if isinstance(each, type) and issubclass(each, BaseModel):
            found |= {info.alias or name: info for name, info in each.model_fields.items()}
    return found


def _element(annotation: Any) -> Any:
    """What an array or a free table holds; None where the type is neither."""
    for each in _alternatives(annotation):
        if typing.get_origin(each) in _CONTAINERS:
            return next((arg for arg in reversed(typing.get_args(each)) if arg is not Ellipsis), None)
    return None


def _field_at(model: type[BaseModel], path: KeyPath) -> FieldInfo | None:
    return _walk(model, path)[1]


def _annotation_at(model: type[BaseModel], path: KeyPath) -> Any:
    return _walk(model, path)[0]


def _walk(model: type[BaseModel], path: KeyPath) -> tuple[Any, FieldInfo | None]:
    annotation: Any = model
    info: FieldInfo | None = None
    for part in path:
        info = _fields(annotation).get(str(part))
        annotation = info.annotation if info else _element(annotation)
    return annotation, info
