-- An action, whether its job application is known or not.
INSERT INTO platform_lifecycle_action (job_application, organization, action, performed_at, received_at, client_id)
VALUES (:job_application, :organization, :action, :performed_at, :received_at, :client_id)
RETURNING id
