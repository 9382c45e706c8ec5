-- One request and its answer.
INSERT INTO platform_journal (at, request_id, client_id, verb, target, method, resource, status, code, records, failed, stale, stale_keys, duration_us, request, response)
VALUES (:at, :request_id, :client_id, :verb, :target, :method, :resource, :status, :code, :records, :failed, :stale, :stale_keys, :duration_us, :request, :response)
RETURNING id
