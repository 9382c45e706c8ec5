"""Mail addresses and lines of text that may stand in a mail's header. Strict: what comes from elsewhere is only data.

Not here: whether anybody reads the mail sent to an address.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LINE_CHARACTERS_MAX = 200
_LOCAL_BYTES_MAX = 64
_DOMAIN_CHARACTERS_MAX = 253
_ADDRESS_CHARACTERS_MAX = _LOCAL_BYTES_MAX + 1 + _DOMAIN_CHARACTERS_MAX
# What an address can hold without quotes (RFC 5322, dot-atom), and beyond ASCII everything a line can (RFC 6531).
_LOCAL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+)*"
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
# Control characters, halves of surrogate pairs, line and paragraph separators: whatever could begin another line.
_BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})
# They turn the direction of everything behind them, which lets a name rewrite the line it stands in.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class MailAddressError(ValueError):
    """A text that is no mail address we would send to; the message says what was given and what was expected."""


@dataclass(frozen=True, slots=True)
class MailAddress:
    """One address. ``domain`` is what DNS knows, ASCII and lower case; ``local`` may hold characters beyond ASCII.

    >>> str(MailAddress.parse("ann@B\\u00fccher.example"))
    'ann@xn--bcher-kva.example'
    """

    local: str
    domain: str

    @classmethod
    def parse(cls, text: str) -> MailAddress:
        """Read an address without display name.

        Raises:
            MailAddressError: it is none, or a form that mail servers do not take, such as quoted local parts.
        """
        if len(text) > _ADDRESS_CHARACTERS_MAX:
            raise MailAddressError(f"expected at most {_ADDRESS_CHARACTERS_MAX} characters, got {len(text)}")
        local, at, domain = text.rpartition("@")
        if not (at and is_line(text) and _LOCAL.fullmatch(local) and not any(map(str.isspace, text))):
            raise MailAddressError(f"expected an address such as ann@example.com, got {ascii(text)[:80]}")
        if len(local.encode()) > _LOCAL_BYTES_MAX:
            raise MailAddressError(f"expected at most {_LOCAL_BYTES_MAX} bytes before the @, got {len(local.encode())}")
        return cls(local, _read_domain(domain))

    @property
    def is_ascii(self) -> bool:
        """Whether every mail server can take it; others need the extension SMTPUTF8."""
        return self.local.isascii()

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def _read_domain(text: str) -> str:
    try:
        # Bounded before: this codec takes quadratic time.
        domain = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        domain = ""
    labels = domain.split(".")
    if len(domain) > _DOMAIN_CHARACTERS_MAX or not all(map(_LABEL.fullmatch, labels)):
        raise MailAddressError(f"expected a domain such as example.com behind the @, got {ascii(text)[:80]}")
    return domain


def is_line(text: str) -> bool:
    """Whether a text is one line for everybody who may read it: nothing in it ends a line or turns its direction.

    >>> is_line("Zo\\u00eb \\U0001f600"), is_line("Zo\\u00eb\\r\\nBcc: all@example.com"), is_line("a\\u202eb")
    (True, False, False)
    """
    return not any(unicodedata.category(character) in _BREAKING or character in _TURNING for character in text)
