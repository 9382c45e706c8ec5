-- One callback, as nobody else changes it before this transaction ends: SQLite has one writer.
SELECT c.organization, c.integration_type, c.tenant_type, c.url, c.client_id, c.registered_at, c.disabled, c.last_success_at, c.failing_since,
    c.warnings, c.validation, c.challenge_failures, c.validated_at, c.next_validation_at, c.challenge_error
FROM platform_callback AS c
WHERE c.organization = :organization AND c.integration_type = :integration_type AND c.tenant_type = :tenant_type
