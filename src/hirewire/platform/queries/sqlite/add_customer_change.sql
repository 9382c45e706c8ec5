-- Remember who has said what, when.
INSERT INTO platform_customer_change (organization, at, name, value)
VALUES (:organization, :at, :name, :value)
