-- The same of some owners (a JSON array).
SELECT count(*)
FROM (
    SELECT 1
    FROM jsonb_array_elements(CAST(:owners AS jsonb)) AS wanted (owner) CROSS JOIN LATERAL (
        SELECT 1
        FROM platform_prospect_note
        WHERE contract = :contract AND owner = CAST(wanted.owner AS bigint)
          AND last_modified > :after AND last_modified <= :before
        LIMIT :most) AS n
    LIMIT :most) AS counted
