-- Every customer that is held up, and why.
SELECT tenant, kind, until_at, since_at, failures, reason FROM hirewire_hold ORDER BY tenant, kind
