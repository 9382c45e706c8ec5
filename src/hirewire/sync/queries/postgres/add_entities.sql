-- Inserts the entities that nobody has heard of yet; those that exist are left alone and not returned.
-- The first statement of an addition, because it writes: SQLite cannot turn a transaction that has read into one that
-- writes once another connection has written.
INSERT INTO hirewire_entity (
  tenant, kind, record, parent, seq, src_modified, op, digest, state, urgency, first_dirty_at,
  next_at, reason, created_at
)
SELECT *, :now
FROM unnest(
  :1::text[], :2::text[], :3::text[], :4::text[], :5::bigint[], :6::bigint[], :7::text[],
  :8::bytea[], :9::text[], :10::integer[], :11::bigint[], :12::bigint[], :13::text[]
)
ON CONFLICT (record, parent, tenant, kind) DO NOTHING
RETURNING id, tenant, kind, record, parent
