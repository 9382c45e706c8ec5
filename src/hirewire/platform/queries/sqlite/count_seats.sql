-- How many seats some contracts have, of some states or all.
SELECT count(*)
FROM platform_seat
WHERE contract IN (SELECT value FROM json_each(:contracts)) AND state IN (SELECT value FROM json_each(:states))
