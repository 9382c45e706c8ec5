-- One application by the number in its URN.
SELECT client_id, number, kind, parent, unique_foreign_id, profile, secret_digest, state, rules, created_at
FROM platform_application
WHERE number = :number
