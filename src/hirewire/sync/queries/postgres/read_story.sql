-- The story of one entity, with the batches it travelled in.
SELECT s.at, s.event, s.seq, s.detail, s.batch_id, b.sent_at, b.answered_at, b.records, b.status, b.request_id
FROM hirewire_story AS s LEFT JOIN hirewire_batch AS b ON b.id = s.batch_id
WHERE s.entity = :entity
ORDER BY s.id
LIMIT :limit
