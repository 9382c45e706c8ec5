-- What an application has used of a resource by now.
UPDATE platform_usage
SET day = :day, requests = :requests, minute = :minute, records = :records
WHERE client_id = :client_id AND resource = :resource
