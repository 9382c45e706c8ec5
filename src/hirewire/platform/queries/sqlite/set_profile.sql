-- What its parent says about a child application.
UPDATE platform_application
SET profile = :profile
WHERE client_id = :client_id
