-- What is shown stays as it was shown first.
INSERT INTO platform_notice (job_application, event, surface, shown_at)
VALUES (:job_application, :event, :surface, :shown_at)
ON CONFLICT (job_application, event, surface) DO NOTHING
