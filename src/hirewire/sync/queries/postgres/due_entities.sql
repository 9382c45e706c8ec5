-- The entities of one customer and class to be sent at a moment within bounds, those that wait longest first.
-- Walks the index of the waiting ones.
SELECT e.id, e.op, e.parent, e.chunk
FROM hirewire_entity AS e
WHERE e.state = 'dirty' AND e.tenant = :tenant AND e.kind = :kind AND e.urgency = :urgency
  AND e.next_at BETWEEN :first AND :last
ORDER BY e.next_at, e.first_dirty_at, e.id
LIMIT :limit
