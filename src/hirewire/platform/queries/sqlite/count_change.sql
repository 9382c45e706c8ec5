-- Tell every cache that an application, a binding or a revocation has changed.
UPDATE platform_change_count
SET change_count = change_count + 1
