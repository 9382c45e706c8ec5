-- The organizations of the applications that may touch a contract; at most two are wanted.
SELECT DISTINCT organization.urn
FROM platform_context AS contract
JOIN platform_context AS organization ON organization.client_id = contract.client_id
JOIN platform_application AS application ON application.client_id = contract.client_id
WHERE contract.urn = :contract AND application.kind = :kind AND organization.urn LIKE 'urn:li:organization:%'
ORDER BY organization.urn
LIMIT 2
