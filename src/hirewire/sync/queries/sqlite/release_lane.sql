-- Gives the lane back, so that the next owner need not wait for the lease to end.
UPDATE hirewire_lane SET lease_until = 0
WHERE application = :application AND epoch = :epoch
