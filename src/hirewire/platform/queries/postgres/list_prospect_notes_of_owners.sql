-- The same of some owners (a JSON array): a page of each, merged, so that other owners' notes cost nothing.
SELECT n.id, n.contract, n.owner, n.person, n.active, n.text, n.created, n.last_modified
FROM jsonb_array_elements(CAST(:owners AS jsonb)) AS wanted (owner) CROSS JOIN LATERAL (
    SELECT *
    FROM platform_prospect_note
    WHERE contract = :contract AND owner = CAST(wanted.owner AS bigint)
      AND (last_modified, id) > (:after, :after_id) AND last_modified <= :before
    ORDER BY last_modified, id LIMIT :count) AS n
ORDER BY n.last_modified, n.id
LIMIT :count
