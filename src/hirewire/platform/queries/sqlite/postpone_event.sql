-- An event was not delivered: try again, or park it. Only by whoever still holds the claim.
UPDATE platform_event
SET state = :state, attempts = :attempts, next_at = :next_at, finished_at = :finished_at
WHERE id = :id AND state = 'waiting' AND next_at = :claimed_until
