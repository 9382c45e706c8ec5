-- Take some mails whose time has come, so that nobody else sends them before :until; SQLite has one writer.
UPDATE platform_mail
SET next_at = :until
WHERE id IN (
    SELECT id
    FROM platform_mail
    WHERE state = 'due' AND next_at <= :now
    ORDER BY next_at, id
    LIMIT :count
)
RETURNING id, job_application, event, recipient, state, created_at, due_at, next_at, attempts, error, finished_at,
    message_id, written_at, subject, text, html
