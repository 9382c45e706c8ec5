-- The entities of these keys, locked until the transaction ends.
-- SQLite: a transaction that has written holds the only lock there is. CROSS JOIN keeps the short side outside.
-- PostgreSQL: in the order of their ids, so that two additions wait for each other instead of deadlocking.
SELECT
  e.id, e.tenant, e.kind, e.record, e.parent, e.created_at, e.seq, e.src_modified, e.op, e.digest,
  e.state, e.urgency, e.first_dirty_at, e.next_at, e.acked_seq, e.acked_digest, e.sent_seq,
  e.sent_modified, e.batch_id, e.closed_until, e.attempts, e.chunk, e.reason
FROM unnest(:1::text[], :2::text[], :3::text[], :4::text[]) AS wanted (tenant, kind, record, parent)
JOIN hirewire_entity AS e USING (record, parent, tenant, kind)
ORDER BY e.id
FOR UPDATE OF e
