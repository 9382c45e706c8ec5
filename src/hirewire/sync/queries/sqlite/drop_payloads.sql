-- What the platform has is not kept here.
DELETE FROM hirewire_payload WHERE entity IN (VALUES /*rows*/ (:1))
