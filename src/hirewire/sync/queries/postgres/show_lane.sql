-- Who serves an application, until when, and what the clock of leases says now.
SELECT owner, epoch, lease_until, COALESCE(:now::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM hirewire_lane WHERE application = :application
