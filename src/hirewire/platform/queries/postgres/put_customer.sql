-- Replace what an organization's administrator has said.
INSERT INTO platform_customer (organization, uses_acls, applicant_notifications)
VALUES (:organization, :uses_acls, :applicant_notifications)
ON CONFLICT (organization) DO UPDATE
SET uses_acls = excluded.uses_acls, applicant_notifications = excluded.applicant_notifications
