-- Change a note.
UPDATE platform_prospect_note
SET active = :active, text = :text, last_modified = :last_modified
WHERE id = :id
