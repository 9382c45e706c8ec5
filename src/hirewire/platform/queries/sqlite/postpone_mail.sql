-- A mail was not taken: try again later. Only by whoever still holds the claim.
UPDATE platform_mail
SET next_at = :next_at, attempts = :attempts, error = :error
WHERE id = :id AND state = 'due' AND next_at = :claimed_until
