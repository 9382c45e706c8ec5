-- An event was delivered; true whoever says so.
UPDATE platform_event
SET state = 'delivered', attempts = attempts + 1, finished_at = :now
WHERE id = :id AND state = 'waiting'
