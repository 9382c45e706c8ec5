"""``urn:li:{kind}:{id}``: how the platform names organizations, contracts, seats, persons and job applications.

Not here: what a URN may be used for. The catalog says which kind a field or key part takes.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass


class UrnKind(enum.Enum):
    """The entity types that occur in the documented systems, spelled as on the wire."""

    ORGANIZATION = "organization"
    CONTRACT = "contract"
    SEAT = "seat"
    PERSON = "person"
    JOB_APPLICATION = "jobApplication"
    DEVELOPER_APPLICATION = "developerApplication"


# Person ids are opaque and may start with "-" or hold "_" (D-URN); every other id here is a number.
_ID_FORMS = {UrnKind.PERSON: re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)}
_DIGITS = re.compile(r"[0-9]{1,19}", re.ASCII)
_KINDS = {kind.value: kind for kind in UrnKind}


class UrnError(ValueError):
    """A text that is no URN, or not one of the expected kind.

    ``wrong_id`` tells the two documented cases apart: the kind is right but the id is malformed (``INVALID_URN_ID``),
    or it is not such a URN at all (``INVALID_URN_TYPE``).
    """

    def __init__(self, message: str, *, wrong_id: bool) -> None:
        super().__init__(message)
        self.wrong_id = wrong_id


@dataclass(frozen=True, slots=True, order=True)
class Urn:
    """One URN of a known kind.

    >>> str(Urn.parse("urn:li:organization:12345"))
    'urn:li:organization:12345'
    """

    kind: UrnKind
    id: str

    @classmethod
    def parse(cls, text: str, *expected: UrnKind) -> Urn:
        """Read ``text``; with ``expected`` kinds given, refuse every other.

        Raises:
            UrnError: what was given and what was expected.
        """
        wanted = " or ".join(f"urn:li:{kind.value}:{{id}}" for kind in expected or UrnKind)
        pieces = text.split(":", 3)
        kind = _KINDS.get(pieces[2]) if len(pieces) == 4 and pieces[:2] == ["urn", "li"] else None
        if kind is None or (expected and kind not in expected):
            raise UrnError(f"expected {wanted}, got {text!r}", wrong_id=False)
        if not _ID_FORMS.get(kind, _DIGITS).fullmatch(pieces[3]):
            raise UrnError(f"expected {wanted}, got the id {pieces[3]!r} in {text!r}", wrong_id=True)
        return cls(kind, pieces[3])

    def __str__(self) -> str:
        return f"urn:li:{self.kind.value}:{self.id}"
