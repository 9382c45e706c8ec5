-- What is known of a token.
SELECT client_id, issued_at, expires_at, revoked_at
FROM platform_token
WHERE digest = :digest
