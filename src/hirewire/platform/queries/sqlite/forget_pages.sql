-- Keep an application's pages within their bound.
DELETE FROM platform_page WHERE client_id = :client_id AND number <= :through
