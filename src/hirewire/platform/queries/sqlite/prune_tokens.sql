-- Forget tokens that expired long ago, some at a time.
DELETE FROM platform_token
WHERE digest IN (SELECT digest FROM platform_token WHERE expires_at < :before ORDER BY expires_at LIMIT 100)
