-- Remove a range of one tenant's records: those whose keys begin alike.
DELETE FROM platform_record
WHERE tenant = :tenant AND resource = :resource AND key > :above AND key < :below
