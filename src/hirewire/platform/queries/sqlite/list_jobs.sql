-- Jobs, the newest first, of one organization or of all.
SELECT id, organization, title, company, location, posted_at
FROM platform_job
WHERE CAST(:organization AS text) IS NULL OR organization = :organization
ORDER BY posted_at DESC, id
LIMIT :count
