-- One job application.
SELECT urn, job, organization, applicant, name, email, locale, submitted_at
FROM platform_job_application
WHERE urn = :urn
