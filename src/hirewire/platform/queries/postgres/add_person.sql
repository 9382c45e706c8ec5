-- Add a person, unless there is one of that id.
INSERT INTO platform_person (id, profile)
VALUES (:id, :profile)
ON CONFLICT (id) DO NOTHING
