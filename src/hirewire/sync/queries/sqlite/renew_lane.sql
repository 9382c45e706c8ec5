-- Extends the lease; 0 rows when another epoch has begun.
UPDATE hirewire_lane SET lease_until = COALESCE(:now, CAST(unixepoch('subsec') * 1000 AS INTEGER)) + :lease_ms
WHERE application = :application AND epoch = :epoch
