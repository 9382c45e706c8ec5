-- The same of some owners (a JSON array).
SELECT count(*)
FROM (
    SELECT 1
    FROM json_each(:owners) AS wanted CROSS JOIN platform_prospect_note AS n
    WHERE n.contract = :contract AND n.owner = wanted.value AND n.last_modified > :after AND n.last_modified <= :before
    LIMIT :most) AS counted
