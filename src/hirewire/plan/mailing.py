"""Mailing as decisions: whether a mail that is due may go, what an attempt that failed means, when to try again.

Not here: writing a mail, sending it, storing what became of it.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from hirewire.values.time import MINUTE_MS, SECOND_MS, Millis

GAPS_S = (60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
"""What lies before each further attempt of one mail: 44.6 hours in all. Then it has failed, and nobody tries again."""
JITTER = 0.1
"""A gap is shortened or lengthened by up to this share, so that what failed together does not come back together."""

DEADLINE_S = 30.0
"""From connecting to the server to its word that it has taken the mail."""
CLAIM_MS = MINUTE_MS
"""How long a mail taken for sending is nobody else's: longer than the deadline, so a live sender is never overtaken."""


class MailState(enum.Enum):
    """What became of a mail."""

    DUE = "due"
    """It will be sent, at once or later."""
    SENT = "sent"
    """The mail server has taken it."""
    KEPT = "kept"
    """No server was configured when it was due: it was written, and stays here to be read."""
    WITHHELD = "withheld"
    """The customer did not consent when it was due."""
    NO_ADDRESS = "no_address"
    """The applicant gave no address (decision G-46)."""
    FAILED = "failed"
    """The server refused it for good, or every attempt failed."""


class Fault(enum.Enum):
    """Whose an attempt's failure is."""

    PASSING = "passing"
    """The server's or ours: another day, or another setting, may do better."""
    LASTING = "lasting"
    """This mail's: its address or its content was refused for good."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A customer's word on applicant notifications, and since when it holds."""

    at: Millis
    is_given: bool


def is_consented(history: Sequence[Consent], due_at: Millis, now: Millis) -> bool:
    """Whether a mail due at ``due_at`` may leave now: there was consent then (decision G-38), and there is now (G-45).

    ``history`` is the oldest first; before its first word there is no consent.

    >>> is_consented([Consent(Millis(5), True)], due_at=Millis(4), now=Millis(9))
    False
    """
    return _given_at(history, due_at) and _given_at(history, now)


def _given_at(history: Sequence[Consent], moment: Millis) -> bool:
    return next((each.is_given for each in reversed(history) if each.at <= moment), False)


def fault_of(reply_code: int | None, *, is_about_mail: bool) -> Fault:
    """What a refusal means. ``reply_code`` is SMTP's, None where no reply came; ``is_about_mail`` says that the server
    spoke of this recipient or content, not of us or of itself.

    >>> fault_of(550, is_about_mail=True), fault_of(535, is_about_mail=False)
    (<Fault.LASTING: 'lasting'>, <Fault.PASSING: 'passing'>)
    """
    is_lasting = is_about_mail and reply_code is not None and 500 <= reply_code < 600
    return Fault.LASTING if is_lasting else Fault.PASSING


def next_attempt(failed: int, fault: Fault, now: Millis, draw: float) -> Millis | None:
    """When to try again after ``failed`` attempts, at least one; None: the mail has failed. ``draw`` lies in [0, 1).

    >>> next_attempt(1, Fault.PASSING, Millis(0), 0.5), next_attempt(8, Fault.PASSING, Millis(0), 0.5)
    (60000, None)
    """
    if fault is Fault.LASTING or failed > len(GAPS_S):
        return None
    return Millis(now + round(GAPS_S[failed - 1] * SECOND_MS * (1 - JITTER + 2 * JITTER * draw)))
