-- Many notes at once, numbered :first to :last: moments ascend evenly, owners and prospects (JSON arrays) are drawn by
-- arithmetic on number and seed, so the same arguments make the same notes.
INSERT INTO platform_prospect_note (contract, owner, person, active, text, created, last_modified)
SELECT :contract, CAST(owners.value AS bigint), persons.value, 1,
    convert_to('Generated note ' || i, 'UTF8'), :since + i * :span / :total, :since + i * :span / :total
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS numbers (i)
    JOIN jsonb_array_elements_text(CAST(:owners AS jsonb)) WITH ORDINALITY AS owners (value, key)
        ON owners.key = (i * 7919 + :seed) % :owner_count + 1
    JOIN jsonb_array_elements_text(CAST(:persons AS jsonb)) WITH ORDINALITY AS persons (value, key)
        ON persons.key = (i * 104729 + :seed) % :person_count + 1
ORDER BY i
