"""HTTP messages as values: what every codec of this layer takes and gives. No sockets, no URLs with hosts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace


class Headers:
    """An ordered, immutable list of header lines; names compare without regard to case.

    >>> Headers([("Content-Type", "application/json")]).get("content-type")
    'application/json'
    """

    __slots__ = ("_lines",)

    def __init__(self, lines: Iterable[tuple[str, str]] = ()) -> None:
        self._lines = tuple(lines)

    def get(self, name: str) -> str | None:
        """The first value of ``name``, or None when the header is absent (empty is not absent)."""
        wanted = name.lower()
        return next((value for key, value in self._lines if key.lower() == wanted), None)

    def without(self, *names: str) -> Headers:
        """These headers less every line of ``names``."""
        dropped = {name.lower() for name in names}
        return Headers(line for line in self._lines if line[0].lower() not in dropped)

    def set(self, name: str, value: str) -> Headers:
        """These headers with exactly one line of ``name``."""
        return Headers((*self.without(name), (name, value)))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._lines)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._lines == other._lines

    def __hash__(self) -> int:
        return hash(self._lines)

    def __repr__(self) -> str:
        # Only names: a header line may hold a token, and a repr may end in a log.
        return f"Headers({', '.join(name for name, _ in self._lines)})"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request. ``target`` is the raw path and query exactly as on the wire (never percent-decoded)."""

    verb: str
    target: str
    headers: Headers = Headers()
    # Not shown: a body may hold a secret, or what somebody wrote about a person.
    body: bytes = field(default=b"", repr=False)

    @property
    def path(self) -> str:
        """The raw path: the target up to the first ``?``."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The raw query: the target after the first ``?``, or empty."""
        return self.target.partition("?")[2]

    def with_headers(self, headers: Headers) -> HttpRequest:
        """The same request under other headers."""
        return replace(self, headers=headers)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One response, body read to the end."""

    status: int
    headers: Headers = Headers()
    body: bytes = field(default=b"", repr=False)
