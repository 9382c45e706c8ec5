"""The one exception of this layer. It says whose fault it is, where in the text, and which HTTP status fits."""

from __future__ import annotations


class WireError(ValueError):
    """A text that is not what the protocol says, or a value the protocol cannot carry.

    ``message`` names what was given and what was expected; ``where`` names the place ("query parameter 'ids'",
    "header X-RestLi-Protocol-Version"), ``offset`` the character or byte in it where that is known; ``status`` is the
    HTTP status a server answers with; ``code`` the platform's error code, where a documented one fits.
    """

    def __init__(
        self,
        message: str,
        *,
        where: str = "",
        offset: int | None = None,
        status: int = 400,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.offset = offset
        self.status = status
        self.code = code

    def __str__(self) -> str:
        place = self.where if self.offset is None else f"{self.where} at character {self.offset}".strip()
        return f"{place}: {self.message}" if place else self.message


class Ours(WireError):
    """We were asked to write something the wire cannot carry: the caller's value is at fault."""


class Theirs(WireError):
    """The peer sent something that is not the protocol."""
