-- A job; nothing comes back where its id is taken.
INSERT INTO platform_job (id, organization, title, company, location, posted_at)
VALUES (:id, :organization, :title, :company, :location, :posted_at)
ON CONFLICT (id) DO NOTHING
RETURNING id
