-- How often applications, bindings or revocations have changed: caches compare it.
SELECT change_count
FROM platform_change_count
