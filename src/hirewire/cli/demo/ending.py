"""When a demonstration ends: asked by Ctrl-C, SIGTERM or a closing terminal, and only at points where it can.

A signal sets a flag; whoever waits notices. So nothing is torn in the middle, and everything that runs is stopped in
order. A second Ctrl-C does not wait for that.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(Exception):
    """Somebody asked for the end."""


class Ending:
    """Whether the end was asked for."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def pause(self, seconds: float) -> None:
        """Wait so long; raise ``Ended`` as soon as the end is asked for."""
        if self._asked.wait(seconds):
            raise Ended

    @contextlib.contextmanager
    def on_signals(self) -> Iterator[None]:
        """Take the signals that mean the end for as long as the block runs."""
        before = {each: signal.signal(each, self._ask) for each in _SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
