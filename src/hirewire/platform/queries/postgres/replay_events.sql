-- Send the events of a range again, each from the beginning of its ladder.
UPDATE platform_event
SET state = 'waiting', attempts = 0, next_at = 0, finished_at = NULL
WHERE customer = :customer AND id >= :first AND id <= :last AND created_at >= :since AND created_at < :until
  AND (:only_parked = 0 OR state = 'parked')
