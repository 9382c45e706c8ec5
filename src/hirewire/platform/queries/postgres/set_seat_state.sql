-- Change whether a seat is in use.
UPDATE platform_seat SET state = :state WHERE id = :id
