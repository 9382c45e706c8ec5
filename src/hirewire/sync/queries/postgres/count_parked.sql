-- What is parked, by reason.
SELECT tenant, kind, reason, COUNT(*)
FROM hirewire_entity
WHERE state = 'parked'
GROUP BY tenant, kind, reason
ORDER BY COUNT(*) DESC, reason
LIMIT :limit
