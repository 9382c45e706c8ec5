-- Mails, the newest first; a filter that is absent lets everything pass.
SELECT id, job_application, event, recipient, state, created_at, due_at, next_at, attempts, error, finished_at,
    message_id, written_at, subject, text, html
FROM platform_mail
WHERE id < :before
  AND (CAST(:job_application AS text) IS NULL OR job_application = :job_application)
  AND (CAST(:state AS text) IS NULL OR state = :state)
ORDER BY id DESC
LIMIT :count
