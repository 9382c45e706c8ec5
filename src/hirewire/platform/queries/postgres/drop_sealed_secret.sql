-- Forget the sealed secret of an application: it has another secret now, which nobody could seal.
DELETE FROM platform_secret
WHERE client_id = :client_id
