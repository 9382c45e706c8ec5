-- One mail.
SELECT id, job_application, event, recipient, state, created_at, due_at, next_at, attempts, error, finished_at,
    message_id, written_at, subject, text, html
FROM platform_mail
WHERE id = :id
