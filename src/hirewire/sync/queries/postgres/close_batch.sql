-- What became of a batch; only the first to say so is heard.
UPDATE hirewire_batch
SET state = :state, answered_at = :now, taken = :taken, status = :status, request_id = :request_id, detail = :detail,
  alarm = :alarm
WHERE id = :batch AND state = 'sent'
