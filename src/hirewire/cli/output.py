"""What a command says and where: data on standard output, everything else on standard error.

With ``--json`` standard output holds JSON alone. Colours and progress are for terminals, and ``NO_COLOR`` is respected.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import IO, Annotated, Any, NoReturn

import msgspec
import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPED_WIDTH = 200
"""Columns of a table that no terminal shows: wide enough that a line stays one record."""

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, and nothing else there.")]


class ReaderGone(Exception):
    """Whoever read our output has closed it: there is nobody left to tell."""


class _Screen(Console):
    def on_broken_pipe(self) -> NoReturn:
        raise ReaderGone


class Output:
    """The two channels of one command."""

    def __init__(self, *, json: bool = False) -> None:
        self.is_json = json
        self.out = _screen(sys.stdout)
        self.err = _screen(sys.stderr)

    def json(self, document: object) -> None:
        """One JSON document on standard output."""
        self._write(msgspec.json.format(msgspec.json.encode(document, enc_hook=str), indent=2).decode())

    def json_line(self, document: object) -> None:
        """One JSON document on a line of its own, out at once: for commands that go on."""
        self._write(msgspec.json.encode(document, enc_hook=str).decode())

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> None:
        """A table for people; numbers stand on the right."""
        table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
        filled = [list(row) for row in rows]
        for number, column in enumerate(columns):
            is_numeric = bool(filled) and all(isinstance(row[number], int) for row in filled)
            table.add_column(column, justify="right" if is_numeric else "left", overflow="fold")
        for row in filled:
            table.add_row(*(Text(cell(value)) for value in row))
        self.out.print(table)

    def line(self, text: str = "", style: str = "") -> None:
        """A line of the result, for people."""
        self.out.print(Text(plain(text), style=style), soft_wrap=True)

    def lines(self, lines: Iterable[tuple[str, str]]) -> None:
        """Several lines of the result at once, each with its style."""
        text = Text("\n").join(Text(plain(line), style=style) for line, style in lines)
        self.out.print(text, soft_wrap=True)

    def say(self, text: str, style: str = "") -> None:
        """A message about the work, on standard error."""
        self.err.print(Text(plain(text), style=style), soft_wrap=True)

    def _write(self, text: str) -> None:
        try:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            raise ReaderGone from None


def cell(value: object) -> str:
    """A value as a table shows it: absent is a dash, thousands are grouped.

    >>> [cell(value) for value in (None, 10000, "a\\x1b[2J", True)]
    ['-', '10,000', 'a\\\\x1b[2J', 'yes']
    """
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else plain(str(value))


def plain(text: str) -> str:
    """Text without the power to steer a terminal: records come from elsewhere and may hold anything."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character == "\n" else _escaped(character) for character in text
    )


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def close_standard_output() -> None:
    """Let the interpreter's last flush go nowhere, instead of failing once more at the very end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _screen(stream: IO[str] | None) -> Console:
    options: dict[str, Any] = {"markup": False, "highlight": False, "emoji": False}
    width = None if stream is not None and stream.isatty() else PIPED_WIDTH
    return _Screen(file=stream, width=width, **options)
