-- A batch that is about to leave. It counts as sent from here on: whoever finds it after a crash cannot know better.
INSERT INTO hirewire_batch (application, tenant, kind, op, epoch, state, records, sent_at, deadline_at)
VALUES (:application, :tenant, :kind, :op, :epoch, 'sent', :records, :now, :deadline_at)
RETURNING id
