-- What happened to an entity, for the person who asks.
INSERT INTO hirewire_story (entity, at, event, seq, batch_id, detail)
SELECT * FROM unnest(:1::bigint[], :2::bigint[], :3::text[], :4::bigint[], :5::bigint[], :6::text[])
