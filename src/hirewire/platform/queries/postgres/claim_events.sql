-- Take some due events of one callback, so that nobody else sends them before :until.
UPDATE platform_event
SET next_at = :until
WHERE id IN (
    SELECT id
    FROM platform_event
    WHERE customer = :customer AND integration_type = :integration_type AND state = 'waiting' AND next_at <= :now
    ORDER BY next_at, id
    LIMIT :count
    FOR UPDATE SKIP LOCKED
)
RETURNING id, customer, integration_type, context, type, body, created_at, state, attempts, next_at, finished_at
