-- What is not on the platform, by customer and state, and since when.
SELECT tenant, kind, state, urgency, COUNT(*), MIN(first_dirty_at)
FROM hirewire_entity
WHERE state IN ('dirty', 'inflight', 'parked')
GROUP BY tenant, kind, state, urgency
ORDER BY tenant, kind, state, urgency
