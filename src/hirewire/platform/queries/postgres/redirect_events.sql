-- Events that any callback of a customer will do for go to the one it has.
UPDATE platform_event
SET integration_type = :integration_type
WHERE customer = :customer AND is_assumed = 1 AND state = 'waiting' AND integration_type <> :integration_type
