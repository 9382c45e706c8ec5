-- What an application has used, by resource.
SELECT resource, day, requests, minute, records
FROM platform_usage
WHERE client_id = :client_id
ORDER BY resource
