-- How many of the waiting ones wait for a moment of their own (retry, quarantine, a timestamp in the future).
SELECT tenant, kind, COUNT(*) FROM hirewire_entity
WHERE state = 'dirty' AND next_at > :now
GROUP BY tenant, kind
