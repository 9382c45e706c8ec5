"""The codec: a ``Call`` or ``Reply`` to HTTP and back, through a view. The only interpreter of the catalog's data.

``asking`` is the calling side, ``answering`` the platform's side, in the order of checks of decision G-4; ``bodies``
and ``addresses`` hold what both share. Nothing outside this package looks at a generation.
"""

from __future__ import annotations

from hirewire.catalog.codec.answering import (
    Address,
    Route,
    encode_refusal,
    encode_reply,
    read_address,
    read_call,
    read_dialect,
    route,
)
from hirewire.catalog.codec.asking import check_call, decode_reply, encode_call
from hirewire.catalog.errors import CallError

__all__ = [
    "Address",
    "CallError",
    "Route",
    "check_call",
    "decode_reply",
    "encode_call",
    "encode_refusal",
    "encode_reply",
    "read_address",
    "read_call",
    "read_dialect",
    "route",
]
