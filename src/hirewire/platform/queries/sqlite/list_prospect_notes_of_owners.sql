-- The same of some owners (a JSON array): a page of each, merged, so that other owners' notes cost nothing.
SELECT n.id, n.contract, n.owner, n.person, n.active, n.text, n.created, n.last_modified
FROM json_each(:owners) AS wanted JOIN platform_prospect_note AS n ON n.id IN (
    SELECT id FROM (
        SELECT id FROM platform_prospect_note
        WHERE contract = :contract AND owner = wanted.value
          AND last_modified = :after AND id > :after_id AND last_modified <= :before
        ORDER BY id LIMIT :count)
    UNION ALL
    SELECT id FROM (
        SELECT id FROM platform_prospect_note
        WHERE contract = :contract AND owner = wanted.value AND last_modified > :after AND last_modified <= :before
        ORDER BY last_modified, id LIMIT :count))
ORDER BY n.last_modified, n.id
LIMIT :count
