-- Old batches, a bounded number at a time.
DELETE FROM hirewire_batch
WHERE id IN (SELECT id FROM hirewire_batch WHERE sent_at < :before AND state <> 'sent' ORDER BY sent_at LIMIT :limit)
