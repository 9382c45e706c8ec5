-- Store records; the later arrival wins.
INSERT INTO platform_record (tenant, resource, key, version, body, stored_at)
VALUES /*rows*/ (:1, :resource, :2, :3, :4, :stored_at)
ON CONFLICT (tenant, resource, key) DO UPDATE
SET version = excluded.version, body = excluded.body, stored_at = excluded.stored_at
