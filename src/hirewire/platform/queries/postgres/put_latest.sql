-- Store records; the later arrival wins.
INSERT INTO platform_record (tenant, resource, key, version, body, stored_at)
SELECT wanted.tenant, :resource, wanted.key, wanted.version, wanted.body, :stored_at
FROM unnest(:1::text[], :2::text[], :3::bigint[], :4::bytea[]) AS wanted (tenant, key, version, body)
ON CONFLICT (tenant, resource, key) DO UPDATE
SET version = excluded.version, body = excluded.body, stored_at = excluded.stored_at
