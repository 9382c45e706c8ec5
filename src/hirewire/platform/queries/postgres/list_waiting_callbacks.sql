-- Callbacks that are not disabled and have events waiting, with the time of the earliest. Where one type has two tenant
-- types, events go to RECRUITER, the greater of the two names.
SELECT c.organization, c.integration_type, c.tenant_type, c.url, c.client_id, c.registered_at, c.disabled, c.last_success_at, c.failing_since,
    c.warnings, c.validation, c.challenge_failures, c.validated_at, c.next_validation_at, c.challenge_error, waiting.due_at
FROM platform_callback AS c
JOIN (
    SELECT callback.organization, callback.integration_type, MAX(callback.tenant_type) AS tenant_type, (
        SELECT MIN(event.next_at)
        FROM platform_event AS event
        WHERE event.customer = callback.organization AND event.integration_type = callback.integration_type
          AND event.state = 'waiting'
    ) AS due_at
    FROM platform_callback AS callback
    GROUP BY callback.organization, callback.integration_type
) AS waiting
  ON waiting.organization = c.organization AND waiting.integration_type = c.integration_type
  AND waiting.tenant_type = c.tenant_type
WHERE c.disabled IS NULL AND waiting.due_at IS NOT NULL
ORDER BY waiting.due_at
