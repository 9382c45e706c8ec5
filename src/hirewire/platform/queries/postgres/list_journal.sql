-- Journal rows, the newest first; a filter that is absent lets everything pass.
SELECT id, at, request_id, client_id, verb, target, method, resource, status, code, records, failed, stale, stale_keys, duration_us, request, response
FROM platform_journal
WHERE id < :before
  AND (CAST(:client_id AS text) IS NULL OR client_id = :client_id)
  AND (CAST(:request_id AS text) IS NULL OR request_id = :request_id)
  AND status >= :status_min
ORDER BY id DESC
LIMIT :count
