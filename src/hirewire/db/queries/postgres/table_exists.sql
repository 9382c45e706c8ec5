-- Whether there is a table of this name, on the search path.
SELECT 1 WHERE to_regclass(quote_ident(:name::text)) IS NOT NULL
