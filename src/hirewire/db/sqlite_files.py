"""Which SQLite files this process has open by apsw, so that nobody opens them by another copy of SQLite as well."""

from __future__ import annotations

import threading
import weakref
from pathlib import Path

_open: weakref.WeakKeyDictionary[object, Path] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def note(path: Path, connection: object) -> None:
    """Remember that ``connection`` has the file open; it is forgotten when the connection is closed and let go."""
    with _lock:
        _open[connection] = path


def is_open(path: Path) -> bool:
    """Whether a connection noted here has this file open, under whatever name."""
    with _lock:
        ours = list(_open.values())
    return any(other.exists() and other.samefile(path) for other in ours)
