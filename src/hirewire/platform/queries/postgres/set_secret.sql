-- A new client secret.
UPDATE platform_application
SET secret_digest = :secret_digest
WHERE client_id = :client_id
