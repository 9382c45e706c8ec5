-- Parked entities with their content, a page at a time.
SELECT
  e.id, e.tenant, e.kind, e.record, e.parent, e.created_at, e.seq, e.src_modified, e.op, e.digest,
  e.state, e.urgency, e.first_dirty_at, e.next_at, e.acked_seq, e.acked_digest, e.sent_seq,
  e.sent_modified, e.batch_id, e.closed_until, e.attempts, e.chunk, e.reason, p.body
FROM hirewire_entity AS e LEFT JOIN hirewire_payload AS p ON p.entity = e.id
WHERE e.state = 'parked' AND e.id > :after AND (:tenant IS NULL OR e.tenant = :tenant)
ORDER BY e.id
LIMIT :limit
