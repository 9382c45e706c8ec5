-- The platform answers again: a later 429 is the first one.
UPDATE hirewire_budget SET throttles = 0, throttled_until = 0
WHERE application = :application AND kind = :kind AND utc_day BETWEEN :first_day AND :last_day AND throttles > 0
