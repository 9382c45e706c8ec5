-- Old stories, a bounded number at a time.
DELETE FROM hirewire_story WHERE id IN (SELECT id FROM hirewire_story WHERE at < :before ORDER BY at LIMIT :limit)
