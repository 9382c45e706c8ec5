-- Whose a contract is, where somebody has said so.
SELECT organization
FROM platform_customer_contract
WHERE contract = :contract
