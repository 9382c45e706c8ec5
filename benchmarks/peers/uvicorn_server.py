"""Runs a peer's ASGI application under uvicorn as it comes, on a free port, and says where."""

from __future__ import annotations

import json
import socket
import sys
from typing import Any

import uvicorn


def serve(app: Any) -> None:
    """Serve until SIGTERM. The access log stays on, as uvicorn has it; it goes where ours goes, to a file."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(2_048)
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{listener.getsockname()[1]}"}) + "\n")
    sys.stdout.flush()
    sys.stdout = sys.stderr
    uvicorn.Server(uvicorn.Config(app)).run(sockets=[listener])
