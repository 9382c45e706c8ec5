-- A mail is given up. Only by whoever still holds the claim.
UPDATE platform_mail
SET state = 'failed', attempts = :attempts, error = :error, finished_at = :now
WHERE id = :id AND state = 'due' AND next_at = :claimed_until
