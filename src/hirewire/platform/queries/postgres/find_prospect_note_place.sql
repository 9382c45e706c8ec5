-- Where the note with an index in a window stands.
SELECT last_modified, id
FROM platform_prospect_note
WHERE contract = :contract AND last_modified > :after AND last_modified <= :before
ORDER BY last_modified, id
LIMIT 1 OFFSET :position
