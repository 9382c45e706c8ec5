-- What a customer's administrator has said. A customer is an organization.
CREATE TABLE platform_customer (
    organization TEXT NOT NULL PRIMARY KEY,
    uses_acls BIGINT NOT NULL,
    applicant_notifications BIGINT NOT NULL
);

CREATE TABLE platform_customer_change (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization TEXT NOT NULL,
    at BIGINT NOT NULL,
    name TEXT NOT NULL,                  -- of the column that changed
    value BIGINT NOT NULL
);
CREATE INDEX platform_customer_change_organization ON platform_customer_change (organization, id);

-- Whose a contract is, where somebody has said so.
CREATE TABLE platform_customer_contract (
    contract TEXT NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL
);

-- Client secrets, sealed: whoever signs must know them. The key is not in this database.
CREATE TABLE platform_secret (
    client_id TEXT NOT NULL PRIMARY KEY REFERENCES platform_application (client_id),
    sealed BYTEA NOT NULL
);

-- What a push event about an integration leads to.
CREATE TABLE platform_status_change (
    request_id TEXT NOT NULL PRIMARY KEY,
    context TEXT NOT NULL,
    integration_type TEXT NOT NULL,
    tenant_type TEXT NOT NULL,
    status TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- Where push events go, and how that is going. The configurations themselves are records.
CREATE TABLE platform_callback (
    organization TEXT NOT NULL,
    integration_type TEXT NOT NULL,
    tenant_type TEXT NOT NULL,
    url TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES platform_application (client_id),  -- whose secret signs
    registered_at BIGINT NOT NULL,
    disabled TEXT,                       -- why nothing is sent; NULL while it is
    last_success_at BIGINT,
    failing_since BIGINT,                 -- the first failure after the last success
    warnings BIGINT NOT NULL,             -- given so far about this row of failures
    validation TEXT NOT NULL,
    challenge_failures BIGINT NOT NULL,   -- in a row
    validated_at BIGINT,
    next_validation_at BIGINT NOT NULL,
    challenge_error TEXT,
    PRIMARY KEY (organization, integration_type, tenant_type)
);
CREATE INDEX platform_callback_next_validation_at ON platform_callback (next_validation_at);
CREATE INDEX platform_callback_client_id ON platform_callback (client_id);

-- Which customer a callback's URL belongs to: one URL, one customer.
CREATE TABLE platform_callback_url (
    url TEXT NOT NULL PRIMARY KEY,       -- as it is compared
    organization TEXT NOT NULL
);
CREATE INDEX platform_callback_url_organization ON platform_callback_url (organization);

-- Push events, written with what causes them, kept until told to somebody.
CREATE TABLE platform_event (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer TEXT NOT NULL,              -- organization, or contract as long as nobody knows whose it is
    integration_type TEXT NOT NULL,      -- whose callback it goes to
    is_assumed BIGINT NOT NULL,           -- 1: any callback of the customer will do
    context TEXT NOT NULL,
    type TEXT NOT NULL,
    body BYTEA NOT NULL,                -- the bytes that are signed and sent
    created_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,             -- on the current ladder
    next_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX platform_event_waiting ON platform_event (customer, integration_type, next_at) WHERE state = 'waiting';
CREATE INDEX platform_event_customer ON platform_event (customer, id);

CREATE TABLE platform_delivery_attempt (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id BIGINT NOT NULL REFERENCES platform_event (id),
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    url TEXT NOT NULL,
    status BIGINT,                        -- NULL: no answer
    duration_ms BIGINT NOT NULL,
    error TEXT
);
CREATE INDEX platform_delivery_attempt_event_id ON platform_delivery_attempt (event_id, id);
