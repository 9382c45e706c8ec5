-- Store records, except where the stored one has a greater version; the keys that were stored come back.
INSERT INTO platform_record (tenant, resource, key, version, body, stored_at)
VALUES /*rows*/ (:1, :resource, :2, :3, :4, :stored_at)
ON CONFLICT (tenant, resource, key) DO UPDATE
SET version = excluded.version, body = excluded.body, stored_at = excluded.stored_at
WHERE platform_record.version IS NULL OR excluded.version IS NULL OR excluded.version >= platform_record.version
RETURNING tenant, key
