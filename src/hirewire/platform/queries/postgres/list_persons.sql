-- Some persons, in order of their ids.
SELECT id, profile FROM platform_person WHERE id > :after ORDER BY id LIMIT :count
