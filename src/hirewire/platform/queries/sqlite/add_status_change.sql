-- An integration has another status.
INSERT INTO platform_status_change (request_id, context, integration_type, tenant_type, status, at)
VALUES (:request_id, :context, :integration_type, :tenant_type, :status, :at)
