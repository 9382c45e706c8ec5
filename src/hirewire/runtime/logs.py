"""The log: one line an event on standard error, as JSON or for people. It never fails, and never stops its process.

No global state: a log is a value that composition roots make and hand down. What may not be in it (note text, tokens,
secrets) is the callers' business.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import IO, Any, Literal

import structlog

from hirewire.runtime.clock import Clock
from hirewire.values.time import to_iso

Log = structlog.typing.FilteringBoundLogger
Level = Literal["debug", "info", "warning", "error"]
Format = Literal["json", "console"]

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def make_log(clock: Clock, *, level: Level = "info", format: Format = "json", stream: IO[str] | None = None) -> Log:
    """A log that writes to ``stream`` (standard error unless given), with the clock's time in each line."""

    def stamp(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["at"] = to_iso(clock.now())
        return event

    processors = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        stamp,
        *_RENDERERS[format](),
    ]
    log: Log = structlog.wrap_logger(
        _Lines(stream if stream is not None else sys.stderr),
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        cache_logger_on_first_use=True,
    )
    return log


def _json() -> list[Any]:
    # Without the local variables of each frame: they hold note text, tokens and secrets.
    frames = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [structlog.processors.ExceptionRenderer(frames), structlog.processors.JSONRenderer(sort_keys=False)]


def _console() -> list[Any]:
    return [
        structlog.dev.ConsoleRenderer(
            colors=False, timestamp_key="at", exception_formatter=structlog.dev.plain_traceback
        )
    ]


_RENDERERS: dict[Format, Callable[[], list[Any]]] = {"json": _json, "console": _console}


class _Lines:
    """Writes lines to a stream that may have been closed: then there is nobody to read them, and nothing to do."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        """Write one line."""
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            # Closed, broken, or full: a service does not stop because its log has no reader.
            return

    debug = info = warning = error = critical = exception = log = msg


class StandardLogging(logging.Handler):
    """Leads what libraries log by the standard library into a log of ours."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Pass one record on, with its traceback if it has one."""
        self._log.log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)
