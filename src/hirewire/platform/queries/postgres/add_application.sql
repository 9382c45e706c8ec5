-- A new application; no row comes back when its client id or foreign id is taken.
INSERT INTO platform_application (client_id, kind, parent, unique_foreign_id, profile, secret_digest, state, rules, created_at)
VALUES (:client_id, :kind, :parent, :unique_foreign_id, :profile, :secret_digest, :state, :rules, :created_at)
ON CONFLICT DO NOTHING
RETURNING number
