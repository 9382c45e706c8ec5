"""The log: a line an event, by the clock it was given, and never a reason to stop."""

from __future__ import annotations

import io
import json
import logging

import pytest

from hirewire.runtime.clock import ManualClock
from hirewire.runtime.logs import StandardLogging, make_log
from hirewire.values.time import from_iso

NOON = from_iso("2026-03-15T12:00:00Z")


def test_a_line_is_json_with_the_clocks_time():
    stream, clock = io.StringIO(), ManualClock(NOON)
    log = make_log(clock, stream=stream)
    log.info("request", status=200, path="/ä\n")
    clock.advance(1)
    log.debug("not said")
    log.warning("late")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first == {
        "status": 200,
        "path": "/ä\n",
        "event": "request",
        "level": "info",
        "at": "2026-03-15T12:00:00.000Z",
    }
    assert second["at"] == "2026-03-15T12:00:01.000Z"


def test_an_error_brings_its_traceback():
    stream = io.StringIO()
    try:
        raise KeyError("what")
    except KeyError as error:
        make_log(ManualClock(NOON), stream=stream).error("unexpected", exc_info=error)
    line = json.loads(stream.getvalue())
    assert line["exception"][0]["exc_type"] == "KeyError"


def test_a_console_line_is_for_people():
    stream = io.StringIO()
    make_log(ManualClock(NOON), format="console", stream=stream).info("listening", url="http://x")
    assert "listening" in stream.getvalue() and "\x1b" not in stream.getvalue()


class Broken(io.StringIO):
    """A stream whose reader has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize("stream", [Broken(), io.StringIO()])
def test_a_log_without_a_reader_is_no_reason_to_stop(stream: io.StringIO):
    stream.close()
    make_log(ManualClock(NOON), stream=stream).info("heard by nobody")


def test_standard_logging_is_led_in():
    stream = io.StringIO()
    record = logging.LogRecord("uvicorn.error", logging.WARNING, __file__, 1, "port %d", (80,), None)
    StandardLogging(make_log(ManualClock(NOON), stream=stream)).emit(record)
    line = json.loads(stream.getvalue())
    assert (line["event"], line["logger"], line["level"]) == ("port 80", "uvicorn.error", "warning")


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_holds_no_local_variables(form):
    """What a function held when it failed may be a note, a token or a secret."""
    stream = io.StringIO()
    held = "a note nobody may read".upper()
    try:
        raise KeyError(len(held))
    except KeyError:
        make_log(ManualClock(NOON), format=form, stream=stream).exception("unexpected")
    assert "KeyError" in stream.getvalue() and held not in stream.getvalue()
