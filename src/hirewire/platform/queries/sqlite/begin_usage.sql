-- The first use of a resource by an application; somebody else may have been faster.
INSERT INTO platform_usage (client_id, resource, day, requests, minute, records)
VALUES (:client_id, :resource, 0, 0, 0, 0)
ON CONFLICT DO NOTHING
