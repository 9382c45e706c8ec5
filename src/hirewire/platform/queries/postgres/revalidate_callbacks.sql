-- Challenge every callback of an application at once, whatever clock its platform has: its rules have changed.
UPDATE platform_callback
SET next_validation_at = 0
WHERE client_id = :client_id
