"""Recording what came of a batch: each entity in the transaction that ends its waiting, and the batch with the last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hirewire.db import Database, Transaction
from hirewire.plan.entity import Again, Closed, Done, Park, Sent, State, Verdict, settle
from hirewire.plan.quota import slot_of
from hirewire.runtime.clock import Clock
from hirewire.sync.lanes import LaneLost
from hirewire.sync.store import Fence, Move, Row, SentBatch, Store, Tale
from hirewire.values.time import Millis, to_iso

_LOCKED_PAUSE_S = 0.05
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Ending:
    """How a batch ended as a whole.

    ``is_known``: an answer came. ``counts_until``: until when its records may still arrive; None: nothing was sent.
    """

    is_known: bool
    counts_until: Millis | None
    status: int | None = None
    request_id: str | None = None
    detail: str | None = None
    alarm: str | None = None


class Settler:
    """Records the ends of batches of one application."""

    def __init__(self, database: Database, store: Store, fence: Fence, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._fence = fence
        self._clock = clock

    async def settle(
        self,
        batch: SentBatch,
        verdicts: Mapping[int, tuple[Sent, Verdict]],
        ending: Ending,
        also: Callable[[Transaction], None],
    ) -> None:
        """Record the verdicts on a batch's entities and, with the last of them, its end; ``also`` joins that transaction.

        Entities that an open transaction of the ATS has locked are taken in a later round: we never wait for a lock
        while we hold one.

        Raises:
            LaneLost: facts are recorded, decisions are somebody else's now.
        """
        waiting = dict(verdicts)
        taken = sum(isinstance(verdict, Done) for _, verdict in verdicts.values())

        def one_round(tx: Transaction) -> tuple[set[int], bool]:
            rows = self._store.lock_entities(tx, list(waiting))
            self._move(tx, rows, waiting)
            is_ours = True
            if len(rows) == len(waiting):
                is_ours = self._close(tx, batch, ending, taken)
                also(tx)
            return {row.id for row in rows}, is_ours

        while True:
            settled, is_ours = await self._database.write(one_round)
            if not is_ours:
                raise LaneLost(f"batch {batch.id} was given up by another process, which serves this application now")
            for id in settled:
                del waiting[id]
            if not waiting:
                return
            await self._clock.sleep(_LOCKED_PAUSE_S)

    async def abandon(self, batch: SentBatch, until: Millis, why: str) -> None:
        """Nobody knows what became of a batch: its entities are closed until nothing of it can arrive any more."""
        ending = Ending(is_known=False, counts_until=until, detail=why)

        def one_page(tx: Transaction) -> int:
            rows = self._store.batch_entities(tx, batch.id, _PAGE)
            sent = (Sent(batch.id, row.standing.sent_seq, row.standing.digest) for row in rows)
            self._move(tx, rows, {row.id: (each, Closed(until, why)) for row, each in zip(rows, sent, strict=True)})
            left = self._store.count_in_batch(tx, batch.id)
            if not left:
                self._close(tx, batch, ending, 0)
            return left

        while await self._database.write(one_page):
            await self._clock.sleep(_LOCKED_PAUSE_S)

    def _move(self, tx: Transaction, rows: Sequence[Row], verdicts: Mapping[int, tuple[Sent, Verdict]]) -> None:
        now = self._clock.now()
        moves = []
        for row in rows:
            sent, verdict = verdicts[row.id]
            standing = settle(row.standing, sent, verdict)
            if standing != row.standing:
                moves.append(Move(row, standing, is_fenced=not isinstance(verdict, Done)))
        moved = self._store.move_entities(tx, moves, self._fence)
        done = [move for move in moves if move.row.id in moved]
        self._store.drop_payloads(tx, [move.row.id for move in done if move.standing.state is State.CLEAN])
        self._store.tell_story(tx, [_tale(move, *verdicts[move.row.id], now) for move in done])

    def _close(self, tx: Transaction, batch: SentBatch, ending: Ending, taken: int) -> bool:
        is_first = self._store.close_batch(
            tx,
            batch.id,
            is_known=ending.is_known,
            now=self._clock.now(),
            taken=taken,
            status=ending.status,
            request_id=ending.request_id,
            detail=ending.detail,
            alarm=ending.alarm,
        )
        if is_first and ending.counts_until is not None:
            application = self._fence.application
            self._store.count_minute(tx, application, batch.kind, slot_of(ending.counts_until), batch.records)
        return is_first


def _tale(move: Move, sent: Sent, verdict: Verdict, now: Millis) -> Tale:
    match verdict:
        case Done():
            event, detail = "taken", None
        case Again(at, reason):
            event, detail = "again", f"{reason} (next try {to_iso(at)})"
        case Closed(until, reason):
            event, detail = "unknown", f"{reason} (nothing of this record is sent before {to_iso(until)})"
        case Park(reason):
            event, detail = ("parked", reason) if move.standing.state is State.PARKED else ("refused", reason)
    return Tale(move.row.id, now, event, sent.seq, sent.batch_id, detail)
