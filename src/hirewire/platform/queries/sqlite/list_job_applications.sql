-- Job applications, the newest first; a filter that is absent lets everything pass.
SELECT urn, job, organization, applicant, name, email, locale, submitted_at
FROM platform_job_application
WHERE (CAST(:job AS text) IS NULL OR job = :job)
  AND (CAST(:applicant AS text) IS NULL OR applicant = :applicant)
ORDER BY submitted_at DESC, urn
LIMIT :count
