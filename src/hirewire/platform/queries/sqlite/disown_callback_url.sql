-- Give up a customer's claim on a URL.
DELETE FROM platform_callback_url
WHERE url = :url AND organization = :organization
