-- The organizations and contracts an application is bound to.
SELECT urn
FROM platform_context
WHERE client_id = :client_id
ORDER BY urn
