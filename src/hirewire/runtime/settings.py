"""Settings from one TOML file, the environment and arguments, merged over absent values and validated once.

Not here: what the settings are. Each application brings its own pydantic model; this only finds the values, and says
where a wrong one came from. pydantic's own error text is never shown: it echoes its input, which may be a secret.
"""

from __future__ import annotations

import enum
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from hirewire.runtime.settings_model import exists, is_structured, keys_at, names_secret_file, secret_path
from hirewire.runtime.settings_wording import Place, explain, shown, written
from hirewire.runtime.toml_lines import KeyPath, key_lines

FILE_BYTES_MAX = 1_000_000
SECRET_BYTES_MAX = 10_000


class Section(BaseModel):
    """The base of every settings table: immutable, and a key it does not know is an error, not a silent typo.

    The docstring under a field is its description: errors quote its first line.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong setting: where it was given (``FILE:LINE``, a variable, a flag), which key, and what to do about it."""

    origin: str
    key: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.origin, self.key, self.message) if part)


class SettingsError(ValueError):
    """The settings cannot be used. Its text has one line for each problem and holds no secret."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


Model = TypeVar("Model", bound=BaseModel)


def load(
    model: type[Model],
    *,
    file: Path | None,
    environ: Mapping[str, str],
    prefix: str = "HIREWIRE_",
    overrides: Mapping[str, object] | None = None,
) -> Model:
    """Merge file < environment < overrides, then validate; what nobody gave gets the model's default.

    - ``file``: TOML, UTF-8. ``None`` means no file; a file that is named must exist.
    - ``environ``: ``{prefix}SECTION__KEY`` at any depth; a number is a place in an array that the file has. Tables and
      arrays are written as JSON. Empty counts as given. Variables that name no section of ``model`` are somebody else's.
    - ``overrides``: dotted key to value ("connector.database"); ``None`` means not given.

    A secret field ``x`` may instead be given as ``x_file``, the name of a file that holds it: relative to the settings
    file, or to the current folder when a variable or an argument names it.

    Raises:
        SettingsError: every problem found, each with its origin.
    """
    merged = _Merged(Place(model, str(file) if file else None, prefix))
    if file is not None:
        merged.lay_file(file)
    for name, path in _variables(model, environ, prefix):
        merged.lay_text(path, environ[name], _Origin(_Layer.ENVIRONMENT, f"environment variable {name}"))
    for dotted, value in (overrides or {}).items():
        if value is not None:
            flag = dotted.rpartition(".")[2].replace("_", "-")
            merged.lay(_path_of(dotted), value, _Origin(_Layer.ARGUMENT, f"argument --{flag}"))
    merged.read_secrets()
    if merged.problems:
        raise SettingsError(*merged.problems)
    try:
        return model.model_validate(merged.values)
    except ValidationError as error:
        raise SettingsError(*map(merged.problem, error.errors(include_url=False, include_context=False))) from None


class _Layer(enum.IntEnum):
    """Later wins."""

    FILE = 0
    ENVIRONMENT = 1
    ARGUMENT = 2


@dataclass(frozen=True, slots=True)
class _Origin:
    layer: _Layer
    text: str


@dataclass(frozen=True, slots=True)
class _SecretFile:
    """Stands for a secret until it is certain that no later layer replaces it."""

    file: Path
    named_at: KeyPath


@dataclass
class _Merged:
    """The values so far, and where each came from."""

    place: Place
    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[KeyPath, _Origin] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def lay_file(self, file: Path) -> None:
        """The first layer."""
        self.values, lines = _parse(_read_text(file), file)
        self.origins = {path: _Origin(_Layer.FILE, f"{file}:{line}") for path, line in lines.items()}
        for path in [path for path, _ in _leaves(self.values) if names_secret_file(self.place.model, path)]:
            self._lay_secret_file(path, _take(self.values, path), self.origins[path], folder=file.parent)

    def lay_text(self, path: KeyPath, text: str, origin: _Origin) -> None:
        """A value from the environment: plain text, or JSON where the model wants a table or an array."""
        if not is_structured(self.place.model, path):
            self.lay(path, text, origin)
            return
        try:
            self.lay(path, json.loads(text), origin)
        except (ValueError, RecursionError):
            self._add(origin, path, "expected JSON, since this setting is a table or an array")

    def lay(self, path: KeyPath, value: object, origin: _Origin) -> None:
        """Put one value over what is there."""
        if names_secret_file(self.place.model, path):
            self._lay_secret_file(path, value, origin, folder=Path())
        else:
            self._set(path, value, origin)

    def read_secrets(self) -> None:
        """Replace what still stands for a secret by the secret."""
        waiting = [(path, leaf) for path, leaf in _leaves(self.values) if isinstance(leaf, _SecretFile)]
        for path, secret in waiting:
            try:
                _put(self.values, path, _read_secret(secret.file))
            except OSError as error:
                self._add(self.origins[path], secret.named_at, f"{secret.file}: {error.strerror or error}")
            except ValueError as error:
                self._add(self.origins[path], secret.named_at, f"{secret.file} {error}")

    def problem(self, detail: Mapping[str, Any]) -> Problem:
        """One of pydantic's errors, with the origin of what was wrong (or of the nearest table around it)."""
        path = self._path_in_values(detail["loc"])
        around = next((path[:n] for n in range(len(path), 0, -1) if path[:n] in self.origins), None)
        origin = self.origins[around].text if around else self.place.file or "settings"
        return Problem(origin, written(path), explain(path, detail, self.place))

    def _lay_secret_file(self, path: KeyPath, name: object, origin: _Origin, *, folder: Path) -> None:
        target = secret_path(path)
        rival = self.origins.get(target)
        if rival is not None and rival.layer == origin.layer:
            self._add(origin, path, f"expected either {target[-1]} or {path[-1]}, got both")
        elif isinstance(name, str) and name:
            self._set(target, _SecretFile(folder / name, path), origin)
        else:
            self._add(origin, path, f"expected the name of a file that holds the secret, got {shown(name)}")

    def _set(self, path: KeyPath, value: object, origin: _Origin) -> None:
        real = _put(self.values, path, value)
        if real is None:
            self._add(origin, path, f"there is no table or array element {written(path[:-1])} to hold this key")
            return
        for below in [known for known in self.origins if known[: len(real)] == real]:
            del self.origins[below]
        for length in range(1, len(real) + 1):  # the tables made on the way came from here too
            self.origins.setdefault(real[:length], origin)

    def _add(self, origin: _Origin, path: KeyPath, message: str) -> None:
        self.problems.append(Problem(origin.text, written(path), message))

    def _path_in_values(self, loc: tuple[int | str, ...]) -> KeyPath:
        """pydantic's location without the names of union members, which are no keys anybody wrote."""
        path: KeyPath = ()
        node: Any = self.values
        for number, part in enumerate(loc):
            child = _child(node, part)
            if child is not _ABSENT:
                path, node = (*path, part), child
            elif number == len(loc) - 1 and exists(self.place.model, (*path, part)):
                path = (*path, part)
        return path


# ---------------------------------------------------------------- reading


def _read_text(file: Path) -> str:
    try:
        data = _read_bytes(file, FILE_BYTES_MAX)
    except OSError as error:
        raise SettingsError(Problem(str(file), "", f"cannot be read: {error.strerror or error}")) from None
    except ValueError as error:
        raise SettingsError(Problem(str(file), "", f"is no settings file: {error}")) from None
    try:
        # Windows editors put a byte order mark in front; it says nothing and harms nobody.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError(Problem(f"{file}:{line}", "", "expected UTF-8; save the file in that encoding")) from None


# "Expected '=' after a key (at line 3, column 5)"; "... (at end of document)".
_TOML_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)


def _parse(text: str, file: Path) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    try:
        return tomllib.loads(text), key_lines(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.fullmatch(str(error))
        line = (place and place[2]) or text.rstrip("\n").count("\n") + 1
        what = place[1] if place else str(error)
        raise SettingsError(Problem(f"{file}:{line}", "", f"this is not valid TOML: {what}")) from None
    except RecursionError:
        raise SettingsError(Problem(str(file), "", "arrays or tables are nested too deeply")) from None
    except ValueError as error:  # tomllib lets Python's own limit on the digits of a number through
        raise SettingsError(Problem(str(file), "", f"this is not valid TOML: {error}")) from None


def _read_secret(file: Path) -> str:
    try:
        secret = _read_bytes(file, SECRET_BYTES_MAX).decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError("holds no secret: expected UTF-8 text") from None
    if not secret:
        raise ValueError("is empty: expected the secret in it")
    return secret


def _read_bytes(file: Path, size_max: int) -> bytes:
    with file.open("rb") as stream:
        data = stream.read(size_max + 1)
    if len(data) > size_max:
        raise ValueError(f"expected at most {size_max:,} bytes")
    return data


def _variables(model: type[BaseModel], environ: Mapping[str, str], prefix: str) -> Iterator[tuple[str, KeyPath]]:
    """The variables that concern ``model``, outer ones first so that an inner one adds to them."""
    for name in sorted(environ, key=lambda name: (name.count("__"), name)):
        path = _path_of(name.removeprefix(prefix).lower().replace("__", "."))
        is_leaf = len(path) == 1
        is_ours = path[0] in keys_at(model, ()) and (is_leaf or is_structured(model, path[:1]))
        if name.startswith(prefix) and (is_ours or (is_leaf and names_secret_file(model, path))):
            yield name, path


def _path_of(dotted: str) -> KeyPath:
    return tuple(int(part) if part.isascii() and part.isdigit() else part for part in dotted.split("."))


# ---------------------------------------------------------------- trees of tables and arrays

_ABSENT = object()


def _child(node: object, part: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(str(part), _ABSENT)
    if isinstance(node, list) and isinstance(part, int) and 0 <= part < len(node):
        return node[part]
    return _ABSENT


def _put(values: dict[str, Any], path: KeyPath, value: object) -> KeyPath | None:
    """Set ``path``, making tables on the way, and say what it is in this tree: a number is a key where a table is.

    None where a part of the way is neither table nor existing element.
    """
    node: Any = values
    real: KeyPath = ()
    for number, part in enumerate(path):
        is_last = number == len(path) - 1
        key = str(part) if isinstance(node, dict) else part
        if is_last and (isinstance(node, dict) or _child(node, key) is not _ABSENT):
            node[key] = value
            return (*real, key)
        if isinstance(node, dict):
            node.setdefault(key, {})
        real, node = (*real, key), _child(node, key)
    return None


def _take(values: dict[str, Any], path: KeyPath) -> object:
    node: Any = values
    for part in path[:-1]:
        node = node[part]
    return node.pop(path[-1])


def _leaves(node: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _leaves(value, (*path, index))
    else:
        yield path, node
