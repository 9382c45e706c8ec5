-- Records that were answered, or may still arrive, up to the end of this slot.
INSERT INTO hirewire_minute (application, kind, slot, records)
VALUES (:application, :kind, :slot, :records)
ON CONFLICT (application, kind, slot) DO UPDATE SET records = hirewire_minute.records + excluded.records
