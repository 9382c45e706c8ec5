-- One request of the day's budget, taken before it is sent; no row when the day is spent.
INSERT INTO hirewire_budget (application, kind, utc_day, used)
VALUES (:application, :kind, :day, 1)
ON CONFLICT (application, kind, utc_day) DO UPDATE SET used = hirewire_budget.used + 1
WHERE hirewire_budget.used < :limit
RETURNING used
