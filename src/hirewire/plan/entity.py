"""The life of one entity on its way to the platform: what each event makes of what is known about it.

One entity has one `Standing`, whatever was committed and sent about it. Versions are numbered (``seq``); the newest is
the one with the greatest ``(src_modified, seq)``, and only the newest is ever sent. Which requests are made, and what an
answer means, is decided elsewhere; here is what follows from it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from hirewire.values.time import Millis

AT_ONCE = Millis(0)
_UNDATED = Millis(0)


class Op(enum.StrEnum):
    """What a version makes of the entity on the platform."""

    UPSERT = "upsert"
    DELETE = "delete"


class State(enum.StrEnum):
    """Where an entity stands."""

    CLEAN = "clean"
    """The platform has the newest version."""
    DIRTY = "dirty"
    """The newest version waits to be sent."""
    INFLIGHT = "inflight"
    """A version is on the wire; a newer one may wait behind it."""
    PARKED = "parked"
    """The newest version cannot be sent; ``reason`` says why. A newer version, or a person, gets it going again."""


class Urgency(enum.IntEnum):
    """Who is served first; the order of the numbers is the order of service."""

    LIVE = 0
    BACKFILL = 1


class Added(enum.StrEnum):
    """What became of a version that was added."""

    QUEUED = "queued"
    UNCHANGED = "unchanged"
    """The same content as the newest version, or as the one the platform has: nothing to send."""
    SUPERSEDED = "superseded"
    """Older than the newest version known: recorded, not sent."""
    PARKED = "parked"
    """Cannot be sent as it is."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an entity as its source committed it.

    ``src_modified`` orders versions; None means "after whatever is known now". ``digest`` stands for the content.
    ``force`` sends it though it is older or no different. ``fault`` says why it cannot be sent at all.
    """

    op: Op
    src_modified: Millis | None
    digest: bytes
    urgency: Urgency = Urgency.LIVE
    force: bool = False
    fault: str | None = None


class Standing(msgspec.Struct, frozen=True, gc=False):
    """Everything that is known about one entity. (A Struct, because three of them are made for each record sent.)

    - ``seq``, ``src_modified``, ``op``, ``digest``: the newest version.
    - ``acked_seq``, ``acked_digest``: the newest version the platform confirmed.
    - ``sent_seq``, ``sent_modified``: the version last put on the wire, and the modification time it carried there.
    - ``batch_id``: the batch it is, or was last, in.
    - ``next_at``: not to be sent before, by the connector's clock; `AT_ONCE` as long as nothing speaks against it, so
      that no clock of the source's is trusted. ``closed_until``: nor any newer version before that, because a version
      of unknown fate may still arrive.
    - ``chunk``: the largest batch it may travel in while a refusal of a whole batch is narrowed down; None: any.
    - ``reason``: why it waits or is parked; while in flight: why the newer version behind it cannot be sent.
    """

    seq: int
    src_modified: Millis
    op: Op
    digest: bytes
    state: State
    urgency: Urgency
    first_dirty_at: Millis
    next_at: Millis
    acked_seq: int = 0
    acked_digest: bytes | None = None
    sent_seq: int = 0
    sent_modified: Millis | None = None
    batch_id: int | None = None
    closed_until: Millis = AT_ONCE
    attempts: int = 0
    chunk: int | None = None
    reason: str | None = None

    @property
    def is_newer_waiting(self) -> bool:
        """Whether a newer version than the one on the wire waits."""
        return self.seq > self.sent_seq

    def is_held_by(self, batch_id: int) -> bool:
        """Whether this very batch has it in flight."""
        return self.state is State.INFLIGHT and self.batch_id == batch_id


# ---------------------------------------------------------------- the source speaks


def add(standing: Standing | None, version: Version, now: Millis) -> tuple[Standing, Added]:
    """A version was committed; None: nothing was known of the entity."""
    if standing is None:
        return _first(version, now)
    modified = standing.src_modified if version.src_modified is None else version.src_modified
    if not version.force:
        if modified < standing.src_modified:
            return standing, Added.SUPERSEDED
        if version.digest == standing.digest:
            urgency = min(standing.urgency, version.urgency)
            return replace(standing, src_modified=modified, urgency=urgency), Added.UNCHANGED
    newer = _newer(standing, version, modified, now)
    if newer.state is State.INFLIGHT:
        return newer, Added.QUEUED
    if version.fault is not None:
        return replace(newer, state=State.PARKED), Added.PARKED
    if _is_what_the_platform_has(standing, version):
        return _settled(newer, newer.seq), Added.UNCHANGED
    return _pending(newer), Added.QUEUED


def _first(version: Version, now: Millis) -> tuple[Standing, Added]:
    is_sound = version.fault is None
    standing = Standing(
        seq=1,
        src_modified=_UNDATED if version.src_modified is None else version.src_modified,
        op=version.op,
        digest=version.digest,
        state=State.DIRTY if is_sound else State.PARKED,
        urgency=version.urgency,
        first_dirty_at=now,
        next_at=AT_ONCE,
        reason=version.fault,
    )
    return standing, Added.QUEUED if is_sound else Added.PARKED


def _newer(standing: Standing, version: Version, modified: Millis, now: Millis) -> Standing:
    waits_already = standing.state is not State.CLEAN and standing.is_newer_waiting
    return replace(
        standing,
        seq=standing.seq + 1,
        src_modified=modified,
        op=version.op,
        digest=version.digest,
        urgency=min(standing.urgency, version.urgency) if waits_already else version.urgency,
        first_dirty_at=standing.first_dirty_at if waits_already else now,
        attempts=0,
        chunk=None,
        reason=version.fault,
    )


def _is_what_the_platform_has(standing: Standing, version: Version) -> bool:
    # Only where nothing was put on the wire after what was confirmed: a version of unknown fate may have replaced it.
    is_confirmed_last = standing.sent_seq <= standing.acked_seq
    return is_confirmed_last and version.digest == standing.acked_digest and not version.force


# ---------------------------------------------------------------- a batch is cut, and answered


def wire_time(standing: Standing, stated: Millis | None) -> Millis | None:
    """The modification time a version carries on the wire: as stated, but greater than that of any version before it.

    A version that is sent once more repeats its time, so that a platform that compares times sees the same version.
    """
    if stated is None or standing.sent_modified is None:
        return stated
    if standing.sent_seq == standing.seq:
        return standing.sent_modified
    return max(stated, Millis(standing.sent_modified + 1))


def send(standing: Standing, batch_id: int, modified: Millis | None) -> Standing:
    """It goes out with a batch, carrying that modification time."""
    return replace(
        standing,
        state=State.INFLIGHT,
        batch_id=batch_id,
        sent_seq=standing.seq,
        sent_modified=standing.sent_modified if modified is None else modified,
        reason=None,
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """The version a batch carried: what an answer to that batch speaks of."""

    batch_id: int
    seq: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """The platform has the version. A fact: it holds whoever reports it, and however late."""


@dataclass(frozen=True, slots=True)
class Again:
    """To be sent again, not before ``at``. ``is_counted``: the attempt counts against the entity."""

    at: Millis
    reason: str
    is_counted: bool = True
    chunk: int | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """Nobody knows whether the platform has the version: nothing of this entity is sent before ``until``."""

    until: Millis
    reason: str
    chunk: int | None = None


@dataclass(frozen=True, slots=True)
class Park:
    """It will never be taken as it is."""

    reason: str


Verdict = Done | Again | Closed | Park


def settle(standing: Standing, sent: Sent, verdict: Verdict) -> Standing:
    """An answer came. Facts are merged; decisions count only while the batch still holds the entity."""
    if isinstance(verdict, Done):
        return _confirm(standing, sent)
    if not standing.is_held_by(sent.batch_id):
        return standing
    match verdict:
        case Closed(until, reason, chunk):
            closed = replace(standing, closed_until=max(standing.closed_until, until))
            return _retry(closed, Again(until, reason, chunk=chunk))
        case Again():
            return _retry(standing, verdict)
        case _:
            if standing.is_newer_waiting:
                return _pending(standing)
            return replace(standing, state=State.PARKED, reason=verdict.reason, chunk=None)


def _confirm(standing: Standing, sent: Sent) -> Standing:
    confirmed = standing
    if sent.seq > standing.acked_seq:
        confirmed = replace(standing, acked_seq=sent.seq, acked_digest=sent.digest)
    if standing.is_held_by(sent.batch_id):
        if standing.seq == sent.seq or standing.digest == sent.digest:
            return _settled(confirmed, standing.seq)
        return _pending(confirmed)
    if standing.state is State.DIRTY and standing.seq == sent.seq:
        return _settled(confirmed, standing.seq)
    return confirmed


def _retry(standing: Standing, again: Again) -> Standing:
    if standing.is_newer_waiting:
        return _pending(standing)
    return replace(
        standing,
        state=State.DIRTY,
        next_at=max(again.at, standing.closed_until),
        attempts=standing.attempts + again.is_counted,
        chunk=again.chunk or standing.chunk,
        reason=again.reason,
    )


def _pending(standing: Standing) -> Standing:
    """The newest version waits for its turn; parked where it is known that it cannot be sent."""
    if standing.reason is not None:
        return replace(standing, state=State.PARKED)
    return replace(standing, state=State.DIRTY, next_at=standing.closed_until)


def _settled(standing: Standing, seq: int) -> Standing:
    return replace(standing, state=State.CLEAN, acked_seq=seq, attempts=0, chunk=None, reason=None)


# ---------------------------------------------------------------- before sending, and people


def refuse(standing: Standing, seq: int, reason: str) -> Standing:
    """The version breaks a rule of the platform: parked without spending a request on it."""
    if standing.state is not State.DIRTY or standing.seq != seq:
        return standing
    return replace(standing, state=State.PARKED, reason=reason, chunk=None)


def hold(standing: Standing, seq: int, until: Millis, reason: str) -> Standing:
    """The version must not be sent yet."""
    if standing.state is not State.DIRTY or standing.seq != seq:
        return standing
    return replace(standing, next_at=max(until, standing.closed_until), reason=reason)


def reopen(standing: Standing) -> Standing:
    """A person wants a parked entity tried once more."""
    if standing.state is not State.PARKED:
        return standing
    return _pending(replace(standing, reason=None, attempts=0, chunk=None))
