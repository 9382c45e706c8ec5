-- What an application sent since a moment: requests, records, records taken, and the last answer.
SELECT COUNT(*), COALESCE(SUM(records), 0), COALESCE(SUM(taken), 0), COALESCE(MAX(answered_at), 0)
FROM hirewire_batch
WHERE application = :application AND sent_at >= :since
