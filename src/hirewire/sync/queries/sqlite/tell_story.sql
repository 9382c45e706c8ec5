-- What happened to an entity, for the person who asks.
INSERT INTO hirewire_story (entity, at, event, seq, batch_id, detail)
VALUES /*rows*/ (:1, :2, :3, :4, :5, :6)
