-- The greatest number of an application's pages.
SELECT max(number) FROM platform_page WHERE client_id = :client_id
