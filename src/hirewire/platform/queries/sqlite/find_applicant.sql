-- Who applied with this email address before.
SELECT applicant
FROM platform_job_application
WHERE email = :email
ORDER BY submitted_at DESC, urn
LIMIT 1
