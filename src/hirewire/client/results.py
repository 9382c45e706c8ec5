"""What a call achieved. A batch is a result for each key, never "200 OK" as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from hirewire.catalog.call import Entity, Key, Outcome, Refusal, Reply
from hirewire.client.errors import PartialFailure
from hirewire.client.exchange import RawResponse
from hirewire.values.time import Millis

K = TypeVar("K", bound=Key)
E = TypeVar("E", bound=Entity)
R = TypeVar("R", bound=Reply, covariant=True)

_NAMED_MAX = 3


@dataclass(frozen=True, slots=True)
class Answer(Generic[R]):
    """The reply to one call, with the HTTP answer it was read from."""

    reply: R
    response: RawResponse

    @property
    def request_id(self) -> str | None:
        """What to quote to the platform's support."""
        return self.response.request_id

    @property
    def http_date(self) -> Millis | None:
        """The platform's clock when it answered, in milliseconds."""
        return self.response.http_date


@dataclass(frozen=True, slots=True)
class BatchResult(Generic[K]):
    """What became of each record of a bulk call. Every key given is in exactly one of three places.

    - ``outcomes``: the platform's word on it (or our own check's, for a record refused before it was sent);
    - ``unknown``: it was sent, and no answer mentions it. It may or may not have been applied;
    - ``not_applied``: it was certainly not applied, because the request it belonged to was refused as a whole or never
      sent. Only a call that raised leaves such keys (``error.result``).

    ``done_statuses`` are error statuses that count as done all the same: deleting a note that is not there (404) leaves
    what was wanted, so it is ``ok``; ``missing`` lists these keys. ``responses`` are the raw answers in order;
    ``unasked`` holds keys the platform answered without being asked, which is a fault worth reporting.
    """

    outcomes: Mapping[K, Outcome]
    unknown: tuple[K, ...] = ()
    not_applied: tuple[K, ...] = ()
    responses: tuple[RawResponse, ...] = ()
    unasked: tuple[str, ...] = ()
    done_statuses: frozenset[int] = frozenset()

    @property
    def ok(self) -> bool:
        """Whether every record is done."""
        return not (self.unknown or self.not_applied) and all(map(self._is_done, self.outcomes.values()))

    @property
    def succeeded(self) -> tuple[K, ...]:
        """The keys that are done, ``missing`` ones among them."""
        return tuple(key for key, outcome in self.outcomes.items() if self._is_done(outcome))

    @property
    def missing(self) -> tuple[K, ...]:
        """The keys that were done before: nothing was there to delete."""
        return tuple(key for key, outcome in self.outcomes.items() if outcome.status in self.done_statuses)

    @property
    def failed(self) -> dict[K, Refusal]:
        """The keys that were refused, each with the reason: status, code, message, broken rules."""
        return {key: reason_of(outcome) for key, outcome in self.outcomes.items() if not self._is_done(outcome)}

    @property
    def request_ids(self) -> tuple[str, ...]:
        """The request ids of all answers, in order."""
        return tuple(response.request_id for response in self.responses if response.request_id)

    def raise_for_errors(self) -> None:
        """Raise ``PartialFailure`` unless every record is done; the error carries this result."""
        if self.ok:
            return
        examples = "; ".join(f"{tuple(key)}: {why.message}" for key, why in list(self.failed.items())[:_NAMED_MAX])
        error = PartialFailure(self._counts() + (f" ({examples})" if examples else ""))
        error.result = self
        raise error

    def _counts(self) -> str:
        counts = {
            "done": len(self.succeeded),
            "refused": len(self.failed),
            "unknown": len(self.unknown),
            "not applied": len(self.not_applied),
        }
        return f"of {sum(counts.values())} records: " + ", ".join(f"{n} {word}" for word, n in counts.items() if n)

    def __repr__(self) -> str:
        # Thousands of keys help nobody in a log.
        return f"BatchResult({self._counts()})"

    def _is_done(self, outcome: Outcome) -> bool:
        return outcome.is_ok or outcome.status in self.done_statuses


@dataclass(frozen=True, slots=True)
class CreateResult(Generic[K]):
    """What became of each new entity of a bulk create, by its position among those given, counted from 0.

    ``created`` holds the keys the platform gave (None where it named none that can be read), ``failed`` the reasons of
    those it refused. Of ``unknown`` ones nobody knows whether they were created, and sending them again may create them
    twice; ``not_applied`` ones certainly were not. Only a call that raised leaves either (``error.result``).
    """

    created: Mapping[int, K | None]
    failed: Mapping[int, Refusal]
    unknown: tuple[int, ...] = ()
    not_applied: tuple[int, ...] = ()
    responses: tuple[RawResponse, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every entity was created."""
        return not (self.failed or self.unknown or self.not_applied)

    @property
    def request_ids(self) -> tuple[str, ...]:
        """The request ids of all answers, in order."""
        return tuple(response.request_id for response in self.responses if response.request_id)

    def raise_for_errors(self) -> None:
        """Raise ``PartialFailure`` unless every entity was created; the error carries this result."""
        if self.ok:
            return
        examples = "; ".join(f"{position}: {why.message}" for position, why in list(self.failed.items())[:_NAMED_MAX])
        error = PartialFailure(self._counts() + (f" ({examples})" if examples else ""))
        error.result = self
        raise error

    def _counts(self) -> str:
        counts = {
            "created": len(self.created),
            "refused": len(self.failed),
            "unknown": len(self.unknown),
            "not applied": len(self.not_applied),
        }
        return f"of {sum(counts.values())} entities: " + ", ".join(f"{n} {word}" for word, n in counts.items() if n)

    def __repr__(self) -> str:
        return f"CreateResult({self._counts()})"


@dataclass(frozen=True, slots=True)
class GetResult(Generic[K, E]):
    """What was read under each key of a bulk get. Every key given is in exactly one of five places.

    ``found`` holds what is stored, ``missing`` the keys under which nothing is: an answer too, not a failure. ``failed``
    holds the reasons of those that may not be read or are no keys, ``unknown`` the keys no answer mentions, and
    ``not_asked`` those whose request was refused as a whole or never sent; only a call that raised leaves such keys
    (``error.result``).
    """

    found: Mapping[K, E]
    missing: tuple[K, ...] = ()
    failed: Mapping[K, Refusal] = field(default_factory=dict)
    unknown: tuple[K, ...] = ()
    not_asked: tuple[K, ...] = ()
    responses: tuple[RawResponse, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every key was answered, be it with "nothing is there"."""
        return not (self.failed or self.unknown or self.not_asked)

    @property
    def request_ids(self) -> tuple[str, ...]:
        """The request ids of all answers, in order."""
        return tuple(response.request_id for response in self.responses if response.request_id)

    def raise_for_errors(self) -> None:
        """Raise ``PartialFailure`` unless every key was answered; the error carries this result."""
        if self.ok:
            return
        examples = "; ".join(f"{tuple(key)}: {why.message}" for key, why in list(self.failed.items())[:_NAMED_MAX])
        error = PartialFailure(self._counts() + (f" ({examples})" if examples else ""))
        error.result = self
        raise error

    def _counts(self) -> str:
        counts = {
            "found": len(self.found),
            "missing": len(self.missing),
            "refused": len(self.failed),
            "unknown": len(self.unknown),
            "not asked": len(self.not_asked),
        }
        return f"of {sum(counts.values())} keys: " + ", ".join(f"{n} {word}" for word, n in counts.items() if n)

    def __repr__(self) -> str:
        return f"GetResult({self._counts()})"


def reason_of(outcome: Outcome) -> Refusal:
    """Why a record failed; an outcome that gives no reason is its status."""
    return outcome.refusal or Refusal(outcome.status, None, f"status {outcome.status}")
