-- Many notes at once, numbered :first to :last: moments ascend evenly, owners and prospects (JSON arrays) are drawn by
-- arithmetic on number and seed, so the same arguments make the same notes.
WITH RECURSIVE
    numbers (i) AS (SELECT :first UNION ALL SELECT i + 1 FROM numbers WHERE i < :last),
    owners AS MATERIALIZED (SELECT key, value FROM json_each(:owners)),
    persons AS MATERIALIZED (SELECT key, value FROM json_each(:persons))
INSERT INTO platform_prospect_note (contract, owner, person, active, text, created, last_modified)
SELECT :contract, owners.value, persons.value, 1, CAST('Generated note ' || i AS BLOB),
    :since + i * :span / :total, :since + i * :span / :total
FROM numbers
    JOIN owners ON owners.key = (i * 7919 + :seed) % :owner_count
    JOIN persons ON persons.key = (i * 104729 + :seed) % :person_count
