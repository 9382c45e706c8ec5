-- One application by its client id.
SELECT client_id, number, kind, parent, unique_foreign_id, profile, secret_digest, state, rules, created_at
FROM platform_application
WHERE client_id = :client_id
