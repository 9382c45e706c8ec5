"""The programs a demonstration runs beside itself: the real commands, as processes of their own.

They stop when they are told to, and also when this process is gone without a word (stop_with.py).
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

STOP_TIMEOUT_S = 20.0
LAST_WORDS = 5


class ChildEnded(Exception):
    """A program that should be running is not; the message has the end of its log."""


class Child:
    """One ``hirewire`` command as a process. What it says goes into its log; JSON lines are also told to ``heard``."""

    def __init__(self, name: str, arguments: Sequence[str], log: Path, heard: Callable[[dict[str, Any]], None]) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as stream:
            self._process = subprocess.Popen(
                hirewire_command("--stop-with-stdin", *arguments),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                # Ctrl-C in a terminal reaches a whole group; who stops first is for this process to say.
                start_new_session=True,
            )
        self._listener = threading.Thread(target=self._listen, args=(self._process.stdout, heard), name=name)
        self._listener.start()

    def check(self) -> None:
        """Raise ``ChildEnded`` if the program is no longer running."""
        code = self._process.poll()
        if code is not None:
            words = self.log.read_text(errors="replace").splitlines()[-LAST_WORDS:]
            told = "\n".join(words) or "it said nothing"
            raise ChildEnded(f"The {self.name} ended with exit code {code}; its last words ({self.log}):\n{told}")

    def stop(self) -> None:
        """Ask it to end, wait until it did, and insist if it does not."""
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join()
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def _listen(self, stream: IO[bytes], heard: Callable[[dict[str, Any]], None]) -> None:
        with stream, self.log.open("ab") as log:
            for line in stream:
                log.write(line)
                with contextlib.suppress(ValueError):  # what is no JSON is meant for people
                    document = json.loads(line)
                    if isinstance(document, dict):
                        heard(document)


def hirewire_command(*arguments: str) -> list[str]:
    """A ``hirewire`` command line for this very installation, wherever its scripts are."""
    return [sys.executable, "-m", "hirewire", *arguments]
