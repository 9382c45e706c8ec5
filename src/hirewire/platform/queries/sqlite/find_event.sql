-- One push event.
SELECT id, customer, integration_type, context, type, body, created_at, state, attempts, next_at, finished_at
FROM platform_event
WHERE id = :id
