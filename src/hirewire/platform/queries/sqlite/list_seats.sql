-- A page of the seats of some contracts, of some states or all. A list comes as a JSON array.
SELECT s.id, s.contract, s.person, s.state, s.roles, s.created_at, p.profile
FROM platform_seat AS s JOIN platform_person AS p ON p.id = s.person
WHERE s.contract IN (SELECT value FROM json_each(:contracts))
  AND s.state IN (SELECT value FROM json_each(:states))
ORDER BY s.id
LIMIT :count OFFSET :start
