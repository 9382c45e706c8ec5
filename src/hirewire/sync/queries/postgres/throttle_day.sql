-- The platform answered 429: nothing is sent before :until. Forgotten with the day.
INSERT INTO hirewire_budget (application, kind, utc_day, used, throttles, throttled_until)
VALUES (:application, :kind, :day, 0, 1, :until)
ON CONFLICT (application, kind, utc_day) DO UPDATE
SET throttles = hirewire_budget.throttles + 1, throttled_until = excluded.throttled_until
