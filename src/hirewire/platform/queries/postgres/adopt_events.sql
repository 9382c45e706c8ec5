-- Somebody has said whose a contract is: its events are that customer's.
UPDATE platform_event
SET customer = :organization
WHERE customer = :contract
