-- The records under some keys.
SELECT record.tenant, record.key, record.body
FROM unnest(:1::text[], :2::text[]) AS wanted (tenant, key)
JOIN platform_record AS record ON record.tenant = wanted.tenant AND record.key = wanted.key AND record.resource = :resource
