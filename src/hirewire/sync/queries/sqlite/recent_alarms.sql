-- Answers that broke the protocol.
SELECT id, answered_at, tenant, alarm FROM hirewire_batch
WHERE alarm IS NOT NULL AND sent_at >= :since
ORDER BY id DESC
LIMIT :limit
