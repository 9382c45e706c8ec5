-- The records of an application whose answers are still out.
SELECT COALESCE(SUM(records), 0)
FROM hirewire_batch
WHERE application = :application AND kind = :kind AND state = 'sent'
