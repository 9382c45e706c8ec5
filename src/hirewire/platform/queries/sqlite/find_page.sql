-- Where the page before a start ended, if that was served lately.
SELECT last_modified, id
FROM platform_page
WHERE client_id = :client_id AND query = :query AND start = :start AND served_at > :served_after
