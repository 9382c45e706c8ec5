-- Register a callback, or replace all of it.
INSERT INTO platform_callback (
    organization, integration_type, tenant_type, url, client_id, registered_at, disabled, last_success_at, failing_since,
    warnings, validation, challenge_failures, validated_at, next_validation_at, challenge_error
)
VALUES (
    :organization, :integration_type, :tenant_type, :url, :client_id, :registered_at, :disabled, :last_success_at, :failing_since,
    :warnings, :validation, :challenge_failures, :validated_at, :next_validation_at, :challenge_error
)
ON CONFLICT (organization, integration_type, tenant_type) DO UPDATE
SET url = excluded.url, client_id = excluded.client_id, registered_at = excluded.registered_at, disabled = excluded.disabled,
    last_success_at = excluded.last_success_at, failing_since = excluded.failing_since, warnings = excluded.warnings,
    validation = excluded.validation, challenge_failures = excluded.challenge_failures, validated_at = excluded.validated_at,
    next_validation_at = excluded.next_validation_at, challenge_error = excluded.challenge_error
