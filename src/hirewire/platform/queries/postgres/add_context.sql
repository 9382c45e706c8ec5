-- Bind an application to an organization or a contract; doing it again changes nothing.
INSERT INTO platform_context (client_id, urn)
VALUES (:client_id, :urn)
ON CONFLICT DO NOTHING
