-- Whether an application may do anything at all.
UPDATE platform_application
SET state = :state
WHERE client_id = :client_id
