-- The records under some keys, as nobody else changes them before this transaction ends.
SELECT record.tenant, record.key, record.body
FROM unnest(:1::text[], :2::text[]) AS wanted (tenant, key)
JOIN platform_record AS record ON record.tenant = wanted.tenant AND record.key = wanted.key AND record.resource = :resource
ORDER BY record.tenant, record.key
FOR UPDATE OF record
