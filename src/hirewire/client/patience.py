"""How long one call goes on trying: its deadline, what it has spent, and the pause before the next attempt."""

from __future__ import annotations

from dataclasses import dataclass, field

from hirewire.client.effects import Flow, Received, pause
from hirewire.client.exchange import read_retry_after
from hirewire.client.session import Session
from hirewire.plan.retry import Spent, Stop, Throttle, Trouble, decide
from hirewire.runtime.clock import Clock
from hirewire.wire.http import HttpResponse


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a call must be over (``end``, monotonic seconds; None: never), and how long each of its requests may take."""

    clock: Clock = field(repr=False)
    timeout_s: float
    end: float | None

    def left_s(self) -> float:
        """What the next request may take; zero or less when the call is over."""
        return self.timeout_s if self.end is None else min(self.timeout_s, self.end - self.clock.monotonic())

    def allows(self, pause_s: float) -> bool:
        """Whether there is time for a pause and something after it."""
        return self.end is None or self.clock.monotonic() + pause_s < self.end


@dataclass(slots=True)
class Patience:
    """What is left of it. One per call, shared by all requests the call needs."""

    session: Session
    deadline: Deadline
    spent: Spent = field(default_factory=Spent)

    @classmethod
    def of(cls, session: Session) -> Patience:
        """The patience of a call that begins now."""
        options = session.options
        end = None if options.total_timeout is None else session.clock.monotonic() + options.total_timeout
        return cls(session, Deadline(session.clock, options.timeout, end))

    def renewed(self) -> Patience:
        """The same deadline, nothing spent: for the next of several requests."""
        return Patience(self.session, self.deadline)

    def wait(
        self, trouble: Trouble, received: Received | None = None, throttle: Throttle | None = None
    ) -> Flow[Stop | None]:
        """Pause before the next attempt; or, without a pause, the reason why there is none."""
        session = self.session
        now = session.clock.now()
        header = received.headers.get("Retry-After") if isinstance(received, HttpResponse) else None
        decision = decide(
            trouble,
            self.spent,
            session.options.retries,
            now=now,
            draw=session.random.random(),
            hint_s=read_retry_after(header, now),
            throttle=throttle,
        )
        if isinstance(decision, Stop):
            return decision
        if not self.deadline.allows(decision.after_s):
            return Stop()
        self.spent = self.spent.after(trouble)
        yield from pause(decision.after_s)
        return None
