-- What became of a mail; the first word on it is the last.
UPDATE platform_mail
SET state = :state, attempts = :attempts, error = :error, finished_at = :now
WHERE id = :id AND state = 'due'
