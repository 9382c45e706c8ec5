-- The same among the notes of some owners (a JSON array).
SELECT n.last_modified, n.id
FROM platform_prospect_note AS n
WHERE n.contract = :contract
  AND n.owner IN (SELECT CAST(value AS bigint) FROM jsonb_array_elements(CAST(:owners AS jsonb)))
  AND n.last_modified > :after AND n.last_modified <= :before
ORDER BY n.last_modified, n.id
LIMIT 1 OFFSET :position
