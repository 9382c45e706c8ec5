-- Remove records; the keys that existed come back.
DELETE FROM platform_record
USING unnest(:1::text[], :2::text[]) AS wanted (tenant, key)
WHERE platform_record.resource = :resource
  AND platform_record.tenant = wanted.tenant
  AND platform_record.key = wanted.key
RETURNING platform_record.tenant, platform_record.key
