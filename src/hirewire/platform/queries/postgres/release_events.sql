-- Events that were kept for a callback are due at once, and their ladders begin anew.
UPDATE platform_event
SET next_at = 0, attempts = 0
WHERE customer = :customer AND integration_type = :integration_type AND state = 'waiting'
