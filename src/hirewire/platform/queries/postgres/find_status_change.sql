-- The integration that a request id speaks of.
SELECT context, integration_type, tenant_type
FROM platform_status_change
WHERE request_id = :request_id
