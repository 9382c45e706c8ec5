-- The entities a batch still holds, locked as lock_entities does.
SELECT
  e.id, e.tenant, e.kind, e.record, e.parent, e.created_at, e.seq, e.src_modified, e.op, e.digest,
  e.state, e.urgency, e.first_dirty_at, e.next_at, e.acked_seq, e.acked_digest, e.sent_seq,
  e.sent_modified, e.batch_id, e.closed_until, e.attempts, e.chunk, e.reason
FROM hirewire_entity AS e
WHERE e.state = 'inflight' AND e.batch_id = :batch
ORDER BY e.id
LIMIT :limit
