-- The batches of an application whose end nobody has recorded.
SELECT id, kind, records, deadline_at
FROM hirewire_batch
WHERE application = :application AND state = 'sent'
ORDER BY id
