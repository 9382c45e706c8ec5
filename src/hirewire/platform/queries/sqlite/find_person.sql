-- One person.
SELECT profile FROM platform_person WHERE id = :id
