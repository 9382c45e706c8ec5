-- Budgets of days gone by.
DELETE FROM hirewire_budget WHERE utc_day < :day
