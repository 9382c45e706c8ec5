-- Extends the lease; 0 rows when another epoch has begun.
UPDATE hirewire_lane SET lease_until = COALESCE(:now::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) + :lease_ms
WHERE application = :application AND epoch = :epoch
