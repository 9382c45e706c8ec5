-- What an application is held to.
UPDATE platform_application
SET rules = :rules
WHERE client_id = :client_id
