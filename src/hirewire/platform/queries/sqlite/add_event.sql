-- A push event, due at once, whatever clock the platform has that will send it.
INSERT INTO platform_event (customer, integration_type, is_assumed, context, type, body, created_at, state, attempts, next_at)
VALUES (:customer, :integration_type, :is_assumed, :context, :type, :body, :now, 'waiting', 0, 0)
