-- One mail for each application and event. One that was withheld was never told: a further event makes it due anew.
INSERT INTO platform_mail (job_application, event, recipient, state, created_at, due_at, next_at, attempts, finished_at)
VALUES (:job_application, :event, :recipient, :state, :created_at, :due_at, :due_at, 0, :finished_at)
ON CONFLICT (job_application, event) DO UPDATE
SET state = excluded.state, created_at = excluded.created_at, due_at = excluded.due_at, next_at = excluded.next_at,
    attempts = 0, error = NULL, finished_at = excluded.finished_at
WHERE platform_mail.state = 'withheld'
