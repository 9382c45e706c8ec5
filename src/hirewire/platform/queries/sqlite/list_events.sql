-- Push events, the newest first; a filter that is absent lets everything pass.
SELECT id, customer, integration_type, context, type, body, created_at, state, attempts, next_at, finished_at
FROM platform_event
WHERE id < :before
  AND (CAST(:customer AS text) IS NULL OR customer = :customer)
  AND (CAST(:state AS text) IS NULL OR state = :state)
ORDER BY id DESC
LIMIT :count
