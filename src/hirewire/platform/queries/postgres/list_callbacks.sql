-- The callbacks of one organization, or of all of them.
SELECT c.organization, c.integration_type, c.tenant_type, c.url, c.client_id, c.registered_at, c.disabled, c.last_success_at, c.failing_since,
    c.warnings, c.validation, c.challenge_failures, c.validated_at, c.next_validation_at, c.challenge_error
FROM platform_callback AS c
WHERE CAST(:organization AS text) IS NULL OR c.organization = :organization
ORDER BY c.organization, c.integration_type, c.tenant_type
LIMIT :count
