-- The attempts to deliver an event, in order.
SELECT number, at, url, status, duration_ms, error
FROM platform_delivery_attempt
WHERE event_id = :event_id
ORDER BY id
