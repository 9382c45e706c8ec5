-- Forget a callback; its events wait for the next one.
DELETE FROM platform_callback
WHERE organization = :organization AND integration_type = :integration_type AND tenant_type = :tenant_type
