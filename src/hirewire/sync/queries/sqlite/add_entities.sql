-- Inserts the entities that nobody has heard of yet; those that exist are left alone and not returned.
-- The first statement of an addition, because it writes: SQLite cannot turn a transaction that has read into one that
-- writes once another connection has written.
INSERT INTO hirewire_entity (tenant, kind, record, parent, seq, src_modified, op, digest, state, urgency, first_dirty_at, next_at, reason, created_at)
VALUES /*rows*/ (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10, :11, :12, :13, :now)
ON CONFLICT (record, parent, tenant, kind) DO NOTHING
RETURNING id, tenant, kind, record, parent
