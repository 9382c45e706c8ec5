-- How many seats some contracts have, of some states or all.
SELECT count(*)
FROM platform_seat
WHERE contract IN (SELECT jsonb_array_elements_text(CAST(:contracts AS jsonb)))
  AND state IN (SELECT jsonb_array_elements_text(CAST(:states AS jsonb)))
