-- Add a seat, unless there is one of that id.
INSERT INTO platform_seat (id, contract, person, state, roles, created_at)
VALUES (:id, :contract, :person, :state, :roles, :created_at)
ON CONFLICT (id) DO NOTHING
