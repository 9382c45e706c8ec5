-- A range of one tenant's records, in the order of their keys.
SELECT key, version, body, stored_at
FROM platform_record
WHERE tenant = :tenant AND resource = :resource AND key > :above AND key < :below
ORDER BY key
