-- One attempt to deliver an event.
INSERT INTO platform_delivery_attempt (event_id, number, at, url, status, duration_ms, error)
VALUES (:event_id, :number, :at, :url, :status, :duration_ms, :error)
