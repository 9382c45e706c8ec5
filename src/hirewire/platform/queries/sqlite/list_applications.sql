-- Every application, in order of creation.
SELECT client_id, number, kind, parent, unique_foreign_id, profile, secret_digest, state, rules, created_at
FROM platform_application
ORDER BY number
