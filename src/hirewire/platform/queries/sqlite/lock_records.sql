-- The records under some keys, as nobody else changes them before this transaction ends: SQLite has one writer.
WITH wanted (tenant, key) AS (VALUES /*rows*/ (:1, :2))
SELECT wanted.tenant, wanted.key, record.body
FROM wanted
JOIN platform_record AS record ON record.tenant = wanted.tenant AND record.key = wanted.key AND record.resource = :resource
