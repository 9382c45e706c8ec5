"""How far the platform's clock is from ours, as its ``Date`` headers tell: an interval, narrowed with every answer."""

from __future__ import annotations

from dataclasses import dataclass

from hirewire.values.time import SECOND_MS, Millis


@dataclass(frozen=True, slots=True)
class Skew:
    """The platform's clock less ours lies between ``low_ms`` and ``high_ms``.

    >>> Skew().observe(sent_at=Millis(10_000), received_at=Millis(10_200), date=Millis(7_000))
    Skew(low_ms=-3200, high_ms=-2001)
    """

    low_ms: int | None = None
    high_ms: int | None = None

    def observe(self, *, sent_at: Millis, received_at: Millis, date: Millis) -> Skew:
        """What an answer adds. A ``Date`` of whole seconds was written less than a second after the moment it names."""
        low, high = date - received_at, date + SECOND_MS - 1 - sent_at
        if self.low_ms is None or self.high_ms is None:
            return Skew(low, high)
        narrowed = Skew(max(self.low_ms, low), min(self.high_ms, high))
        # Two answers that exclude each other: a clock was set. The newer one is true.
        return narrowed if max(self.low_ms, low) <= min(self.high_ms, high) else Skew(low, high)

    def platform_now(self, now: Millis) -> Millis:
        """The platform's time, never later than it is: ours unless the answers rule that out."""
        if self.low_ms is None or self.high_ms is None or self.low_ms <= 0 <= self.high_ms:
            return now
        return Millis(now + self.low_ms)

    @property
    def margin_ms(self) -> int:
        """How far apart the clocks may be."""
        return max(abs(self.low_ms or 0), abs(self.high_ms or 0))
