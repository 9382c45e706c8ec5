-- How many entities a batch still holds, locked ones included.
SELECT COUNT(*) FROM hirewire_entity WHERE state = 'inflight' AND batch_id = :batch
