-- Takes the lane if its lease is over, under a new epoch; no row when somebody else holds it.
-- The database's clock decides, so that hosts need not agree; an injected one (:now) takes its place in virtual time.
INSERT INTO hirewire_lane (application, owner, epoch, lease_until)
VALUES (:application, :owner, 1, COALESCE(:now::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) + :lease_ms)
ON CONFLICT (application) DO UPDATE
SET owner = excluded.owner, epoch = hirewire_lane.epoch + 1, lease_until = excluded.lease_until
WHERE hirewire_lane.lease_until <= excluded.lease_until - :lease_ms
RETURNING epoch
