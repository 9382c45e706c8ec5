-- Keep the sealed secret of an application.
INSERT INTO platform_secret (client_id, sealed)
VALUES (:client_id, :sealed)
ON CONFLICT (client_id) DO UPDATE SET sealed = excluded.sealed
