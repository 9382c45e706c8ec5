-- What an application has used of a resource, held until the unit ends.
-- SQLite has one writer at a time; PostgreSQL must be told to keep the others out.
SELECT day, requests, minute, records
FROM platform_usage
WHERE client_id = :client_id AND resource = :resource
FOR UPDATE
