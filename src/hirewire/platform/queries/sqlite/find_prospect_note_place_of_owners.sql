-- The same among the notes of some owners (a JSON array).
SELECT n.last_modified, n.id
FROM json_each(:owners) AS wanted CROSS JOIN platform_prospect_note AS n
WHERE n.contract = :contract AND n.owner = wanted.value AND n.last_modified > :after AND n.last_modified <= :before
ORDER BY n.last_modified, n.id
LIMIT 1 OFFSET :position
