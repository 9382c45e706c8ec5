-- How many notes of a contract a window holds, counted no further than asked.
SELECT count(*)
FROM (
    SELECT 1 FROM platform_prospect_note
    WHERE contract = :contract AND last_modified > :after AND last_modified <= :before
    LIMIT :most) AS counted
