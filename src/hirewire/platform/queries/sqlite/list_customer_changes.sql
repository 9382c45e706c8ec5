-- What an organization's administrator has said over time.
SELECT at, name, value
FROM platform_customer_change
WHERE organization = :organization
ORDER BY id
