-- Callbacks whose validation is due next, whether it is time or not.
SELECT c.organization, c.integration_type, c.tenant_type, c.url, c.client_id, c.registered_at, c.disabled, c.last_success_at, c.failing_since,
    c.warnings, c.validation, c.challenge_failures, c.validated_at, c.next_validation_at, c.challenge_error
FROM platform_callback AS c
WHERE c.disabled IS NULL
ORDER BY c.next_validation_at
LIMIT :count
