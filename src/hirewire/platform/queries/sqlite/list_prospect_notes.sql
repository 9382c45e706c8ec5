-- A page of a contract's notes behind a place. Two ranges of the index, because SQLite seeks a pair by its first
-- member alone, and a millisecond may hold any number of notes.
SELECT n.id, n.contract, n.owner, n.person, n.active, n.text, n.created, n.last_modified
FROM platform_prospect_note AS n
WHERE n.id IN (
    SELECT id FROM (
        SELECT id FROM platform_prospect_note
        WHERE contract = :contract AND last_modified = :after AND id > :after_id AND last_modified <= :before
        ORDER BY id LIMIT :count)
    UNION ALL
    SELECT id FROM (
        SELECT id FROM platform_prospect_note
        WHERE contract = :contract AND last_modified > :after AND last_modified <= :before
        ORDER BY last_modified, id LIMIT :count))
ORDER BY n.last_modified, n.id
LIMIT :count
