-- Claim a URL for a customer, unless it is another's; whose it is comes back.
INSERT INTO platform_callback_url (url, organization)
VALUES (:url, :organization)
ON CONFLICT (url) DO UPDATE SET organization = platform_callback_url.organization
RETURNING organization
