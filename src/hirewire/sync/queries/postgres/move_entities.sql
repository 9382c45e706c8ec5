-- Compare and set: each entity becomes what was decided, if it still stands where the decision found it.
-- A decision is fenced: it also needs the lane, in this very statement. A fact (the source committed, the platform confirmed)
-- is not. Rows that are not returned did not move.
UPDATE hirewire_entity AS e SET
  seq = new.seq,
  src_modified = new.src_modified,
  op = new.op,
  digest = new.digest,
  state = new.state,
  urgency = new.urgency,
  first_dirty_at = new.first_dirty_at,
  next_at = new.next_at,
  acked_seq = new.acked_seq,
  acked_digest = new.acked_digest,
  sent_seq = new.sent_seq,
  sent_modified = new.sent_modified,
  batch_id = new.batch_id,
  closed_until = new.closed_until,
  attempts = new.attempts,
  chunk = new.chunk,
  reason = new.reason
FROM unnest(
  :1::bigint[], :2::bigint[], :3::text[], :4::bigint[], :5::boolean[], :6::bigint[], :7::bigint[],
  :8::text[], :9::bytea[], :10::text[], :11::integer[], :12::bigint[], :13::bigint[],
  :14::bigint[], :15::bytea[], :16::bigint[], :17::bigint[], :18::bigint[], :19::bigint[],
  :20::integer[], :21::integer[], :22::text[]
) AS new (
  id, was_seq, was_state, was_batch, is_fenced, seq, src_modified, op, digest, state, urgency,
  first_dirty_at, next_at, acked_seq, acked_digest, sent_seq, sent_modified, batch_id,
  closed_until, attempts, chunk, reason
)
WHERE e.id = new.id AND e.seq = new.was_seq AND e.state = new.was_state AND COALESCE(e.batch_id, 0) = new.was_batch
  AND (NOT new.is_fenced
    OR EXISTS (SELECT 1 FROM hirewire_lane AS l WHERE l.application = :application AND l.epoch = :epoch))
RETURNING e.id
