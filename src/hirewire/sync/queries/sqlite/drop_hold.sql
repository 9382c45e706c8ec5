-- A request of the customer got through.
DELETE FROM hirewire_hold WHERE tenant = :tenant AND kind = :kind
