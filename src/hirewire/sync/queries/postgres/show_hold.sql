-- What holds a customer up, if anything does.
SELECT until_at, since_at, failures, reason FROM hirewire_hold WHERE tenant = :tenant AND kind = :kind
