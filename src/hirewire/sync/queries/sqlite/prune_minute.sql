-- The records no window counts any more.
DELETE FROM hirewire_minute WHERE application = :application AND slot <= :since
