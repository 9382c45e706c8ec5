-- These entities, locked; those in another open transaction are left out, and taken another time.
-- The engine never waits for a lock while it holds one: a transaction of the ATS is never the victim of a deadlock with us.
-- SQLite has one writer, so nothing is ever locked by another.
SELECT
  e.id, e.tenant, e.kind, e.record, e.parent, e.created_at, e.seq, e.src_modified, e.op, e.digest,
  e.state, e.urgency, e.first_dirty_at, e.next_at, e.acked_seq, e.acked_digest, e.sent_seq,
  e.sent_modified, e.batch_id, e.closed_until, e.attempts, e.chunk, e.reason
FROM hirewire_entity AS e
WHERE e.id IN (SELECT unnest(:1::bigint[]))
ORDER BY e.id
FOR UPDATE OF e SKIP LOCKED
