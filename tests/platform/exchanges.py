"""Documented exchanges as files: what was asked, as printed, and what must be answered. Read here, checked elsewhere."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
_SECTION = re.compile(r"^=== (\w+)\n", re.MULTILINE)
_ORIGIN = re.compile(r"https://api\.linkedin\.com(?=/)")


@dataclass(frozen=True)
class Request:
    """A request as printed; ``{token}`` is still to be filled in."""

    verb: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Exchange:
    """One file of the corpus; ``given`` names another whose request must have been made before."""

    name: str
    source: str
    given: str | None
    curl: str | None
    request: Request
    status: int
    answer: Any


def exchanges(folder: str) -> list[Exchange]:
    """Every exchange of one resource."""
    return [read(path) for path in sorted((CORPUS / folder).glob("*.txt"))]


def read(path: Path) -> Exchange:
    _, *pieces = _SECTION.split(path.read_text(encoding="utf-8"))
    sections = {name: text.strip("\n") for name, text in zip(pieces[::2], pieces[1::2], strict=True)}
    curl = sections.get("curl")
    status, _, answer = sections["response"].partition("\n")
    return Exchange(
        name=path.stem,
        source=sections["source"],
        given=sections.get("given"),
        curl=curl,
        request=_of_curl(curl) if curl else _of_text(sections["request"]),
        status=int(status),
        answer=json.loads(answer),
    )


def _of_text(text: str) -> Request:
    head, _, body = text.partition("\n\n")
    first, *lines = head.splitlines()
    verb, url = first.split(" ", 1)
    headers = dict(line.split(": ", 1) for line in lines)
    return Request(verb, _ORIGIN.sub("", url), headers, body.encode())


def _of_curl(command: str) -> Request:
    """What curl sends for a command: a form type where data has none, the data as it stands."""
    words = iter(_words(command)[1:])
    verb, url, headers, body = "GET", "", {}, ""
    for word in words:
        match word:
            case "--request":
                verb = next(words)
            case "--header":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "--data":
                body = next(words)
            case "--location" | "--globoff":
                pass
            case _:
                url = word
    if body:
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return Request(verb, _ORIGIN.sub("", url), headers, body.encode())


def with_token(headers: dict[str, str], token: str) -> dict[str, str]:
    return {name: value.replace("{token}", token) for name, value in headers.items()}


def curl_command(exchange: Exchange, url: str, token: str) -> list[str]:
    """The printed command, with host, scheme and token replaced."""
    assert exchange.curl is not None
    words = _words(_ORIGIN.sub(url, exchange.curl).replace("{token}", token))
    return [*words, "--silent", "--show-error", "--include"]


def _words(command: str) -> list[str]:
    """A command line as the shell cuts it."""
    return shlex.split(command.replace("\\\n", " "))
