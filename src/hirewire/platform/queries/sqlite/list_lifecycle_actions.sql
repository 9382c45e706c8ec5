-- The actions on one job application, the newest first.
SELECT id, job_application, organization, action, performed_at, received_at, client_id
FROM platform_lifecycle_action
WHERE job_application = :job_application AND id < :before
ORDER BY id DESC
LIMIT :count
