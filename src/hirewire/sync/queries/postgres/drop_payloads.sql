-- What the platform has is not kept here.
DELETE FROM hirewire_payload WHERE entity IN (SELECT unnest(:1::bigint[]))
