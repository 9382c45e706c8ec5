-- A page of a contract's notes behind a place.
SELECT n.id, n.contract, n.owner, n.person, n.active, n.text, n.created, n.last_modified
FROM platform_prospect_note AS n
WHERE n.contract = :contract AND (n.last_modified, n.id) > (:after, :after_id) AND n.last_modified <= :before
ORDER BY n.last_modified, n.id
LIMIT :count
