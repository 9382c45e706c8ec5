-- A contract belongs to an organization.
INSERT INTO platform_customer_contract (contract, organization)
VALUES (:contract, :organization)
ON CONFLICT (contract) DO UPDATE SET organization = excluded.organization
