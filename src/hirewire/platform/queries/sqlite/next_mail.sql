-- When the next mail is to be looked at.
SELECT MIN(next_at)
FROM platform_mail
WHERE state = 'due'
