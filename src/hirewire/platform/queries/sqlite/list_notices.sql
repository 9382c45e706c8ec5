-- What is shown of one job application, the oldest first.
SELECT job_application, event, surface, shown_at
FROM platform_notice
WHERE job_application = :job_application
ORDER BY shown_at, event, surface
