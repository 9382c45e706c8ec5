-- The records that still count in the minute window.
SELECT slot, records FROM hirewire_minute
WHERE application = :application AND kind = :kind AND slot > :since
ORDER BY slot
