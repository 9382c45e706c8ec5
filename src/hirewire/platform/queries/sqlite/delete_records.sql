-- Remove records; the keys that existed come back.
WITH wanted (tenant, key) AS (VALUES /*rows*/ (:1, :2))
DELETE FROM platform_record
WHERE resource = :resource AND (tenant, key) IN (SELECT tenant, key FROM wanted)
RETURNING tenant, key
