-- What an organization's administrator has said.
SELECT uses_acls, applicant_notifications
FROM platform_customer
WHERE organization = :organization
