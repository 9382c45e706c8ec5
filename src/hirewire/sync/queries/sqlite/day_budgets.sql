-- What was reserved on these days, and what the platform answered with 429.
SELECT utc_day, used, throttles, throttled_until
FROM hirewire_budget
WHERE application = :application AND kind = :kind AND utc_day BETWEEN :first_day AND :last_day
