-- The newest version's content, in place of an older one: only the newest is ever sent.
INSERT INTO hirewire_payload (entity, seq, body)
SELECT * FROM unnest(:1::bigint[], :2::bigint[], :3::bytea[])
ON CONFLICT (entity) DO UPDATE SET seq = excluded.seq, body = excluded.body
