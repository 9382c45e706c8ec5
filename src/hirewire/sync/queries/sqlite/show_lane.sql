-- Who serves an application, until when, and what the clock of leases says now.
SELECT owner, epoch, lease_until, COALESCE(:now, CAST(unixepoch('subsec') * 1000 AS INTEGER)) FROM hirewire_lane WHERE application = :application
