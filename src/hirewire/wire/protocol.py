"""The two versions of the Rest.li protocol, what each calls its headers, and how a request asks for one.

Not here: how either version spells a value. That is v1.py and v2.py.
"""

from __future__ import annotations

import enum
import re

from hirewire.wire.errors import Theirs

PROTOCOL_HEADER = "X-RestLi-Protocol-Version"
METHOD_HEADER = "X-RestLi-Method"
OVERRIDE_HEADER = "X-HTTP-Method-Override"


class Protocol(enum.Enum):
    """A protocol version; the value is what responses echo in ``X-RestLi-Protocol-Version``."""

    V1 = "1.0.0"
    V2 = "2.0.0"

    @property
    def id_header(self) -> str:
        """The response header that carries the key of a created entity."""
        return _ID_HEADERS[self]

    @property
    def error_header(self) -> str:
        """The response header that is ``true`` when the body is an ErrorResponse."""
        return _ERROR_HEADERS[self]


_ID_HEADERS = {Protocol.V1: "X-LinkedIn-Id", Protocol.V2: "X-RestLi-Id"}
_ERROR_HEADERS = {Protocol.V1: "X-LinkedIn-Error-Response", Protocol.V2: "X-RestLi-Error-Response"}

# A tag ("2.0.0-rc1") is legal, holds no further dot and says nothing. The digits are bounded: they are only compared.
_FORM = re.compile(r"([0-9]{1,10})\.([0-9]{1,10})\.([0-9]{1,10})(-[^.]*)?", re.ASCII)
_V1 = (1, 0, 0)
_V2 = (2, 0, 0)


def read_protocol(header: str | None) -> Protocol:
    """The protocol a request asks for: absent is 1.0.0, anything from 1.0.0 up to below 2.0.0 is 1.0.0.

    Raises:
        Theirs: 400 for a malformed version, and for one below 1.0.0 or above 2.0.0.

    >>> read_protocol(None), read_protocol("1.3.0"), read_protocol("2.0.0")
    (<Protocol.V1: '1.0.0'>, <Protocol.V1: '1.0.0'>, <Protocol.V2: '2.0.0'>)
    """
    if header is None:
        return Protocol.V1
    form = _FORM.fullmatch(header)
    if form is None:
        raise Theirs(f"expected a version such as 2.0.0, got {header[:80]!r}", where=f"header {PROTOCOL_HEADER}")
    version = (int(form[1]), int(form[2]), int(form[3]))
    if version == _V2:
        return Protocol.V2
    if _V1 <= version < _V2:
        return Protocol.V1
    # The sentence is the reference's own: clients have been seen to look for it.
    raise Theirs(
        f"Rest.li protocol version {header[:80]} used by the client is not supported! Send 1.0.0, 2.0.0 or no header",
        where=f"header {PROTOCOL_HEADER}",
    )
