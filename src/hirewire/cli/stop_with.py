"""Ending together with the process that started us, also when that one was killed and could not say so.

A parent that is gone closes its end of our standard input, on every system; a parent-death signal is Linux only.
"""

from __future__ import annotations

import os
import signal
import sys
import threading


def stop_with_standard_input() -> None:
    """Stop this process as SIGTERM would, once standard input reaches its end."""
    threading.Thread(target=_wait_for_the_end, name="stop-with-stdin", daemon=True).start()


def _wait_for_the_end() -> None:
    # Not sys.stdin: a thread blocked in its buffer would hold a lock the interpreter wants when it ends.
    while os.read(sys.__stdin__.fileno() if sys.__stdin__ else 0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
