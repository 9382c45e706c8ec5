-- Write a note.
INSERT INTO platform_prospect_note (contract, owner, person, active, text, created, last_modified)
VALUES (:contract, :owner, :person, 1, :text, :now, :now)
RETURNING id
