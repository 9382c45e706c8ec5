-- A job application; nothing comes back where its URN is taken.
INSERT INTO platform_job_application (urn, job, organization, applicant, name, email, locale, submitted_at)
VALUES (:urn, :job, :organization, :applicant, :name, :email, :locale, :submitted_at)
ON CONFLICT (urn) DO NOTHING
RETURNING urn
