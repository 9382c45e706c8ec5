"""A bell between those who make work, on any thread, and the workers: "look again". It says nothing about what."""

from __future__ import annotations

import threading


class Doorbell:
    """Rung inside a transaction; heard when the request that ran it is over."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        """There may be work. A transaction that is undone afterwards rang for nothing, which does no harm."""
        self._rung.set()

    def heard(self) -> bool:
        """Whether it rang since the last time somebody asked."""
        if not self._rung.is_set():
            return False
        self._rung.clear()
        return True
