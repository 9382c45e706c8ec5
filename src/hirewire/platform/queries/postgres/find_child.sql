-- The child a parent created under a foreign id.
SELECT client_id, number, kind, parent, unique_foreign_id, profile, secret_digest, state, rules, created_at
FROM platform_application
WHERE parent = :parent AND unique_foreign_id = :unique_foreign_id
