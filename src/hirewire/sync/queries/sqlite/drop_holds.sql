-- A new start: settings may have changed since.
DELETE FROM hirewire_hold WHERE tenant = :tenant
