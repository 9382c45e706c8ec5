-- The newest version's content, in place of an older one: only the newest is ever sent.
INSERT INTO hirewire_payload (entity, seq, body)
VALUES /*rows*/ (:1, :2, :3)
ON CONFLICT (entity) DO UPDATE SET seq = excluded.seq, body = excluded.body
