-- One seat with its holder.
SELECT s.id, s.contract, s.person, s.state, s.roles, s.created_at, p.profile
FROM platform_seat AS s JOIN platform_person AS p ON p.id = s.person
WHERE s.id = :id
