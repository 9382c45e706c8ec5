-- Keep where a page ended, under the start of the page that follows.
INSERT INTO platform_page (client_id, query, start, number, served_at, last_modified, id)
VALUES (:client_id, :query, :start, :number, :served_at, :last_modified, :id)
ON CONFLICT (client_id, query, start) DO UPDATE
SET number = excluded.number, served_at = excluded.served_at, last_modified = excluded.last_modified, id = excluded.id
