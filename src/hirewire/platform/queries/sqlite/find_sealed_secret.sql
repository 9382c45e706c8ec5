-- The sealed secret of an application.
SELECT sealed
FROM platform_secret
WHERE client_id = :client_id
