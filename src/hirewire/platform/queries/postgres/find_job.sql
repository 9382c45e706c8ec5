-- One job.
SELECT id, organization, title, company, location, posted_at
FROM platform_job
WHERE id = :id
