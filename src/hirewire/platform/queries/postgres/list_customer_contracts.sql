-- The contracts somebody has said the owner of: of one organization, or all.
SELECT contract, organization
FROM platform_customer_contract
WHERE CAST(:organization AS text) IS NULL OR organization = CAST(:organization AS text)
ORDER BY organization, contract
