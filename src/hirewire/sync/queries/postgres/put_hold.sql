-- A customer's requests fail as a whole: none is made before :until.
INSERT INTO hirewire_hold (tenant, kind, until_at, since_at, failures, reason)
VALUES (:tenant, :kind, :until, :now, 1, :reason)
ON CONFLICT (tenant, kind) DO UPDATE
SET until_at = excluded.until_at, failures = hirewire_hold.failures + 1, reason = excluded.reason
