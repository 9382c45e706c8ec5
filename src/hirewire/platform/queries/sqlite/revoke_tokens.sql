-- Take back every token of an application, whatever the time is where it is used: clocks may differ.
UPDATE platform_token
SET revoked_at = :now
WHERE client_id = :client_id AND revoked_at IS NULL
