-- Keep the journal within its bound.
DELETE FROM platform_journal
WHERE id <= :through
