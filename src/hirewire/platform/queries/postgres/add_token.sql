-- A token was given out; only its digest is kept.
INSERT INTO platform_token (digest, client_id, issued_at, expires_at)
VALUES (:digest, :client_id, :issued_at, :expires_at)
