-- What a customer's administrator has said. A customer is an organization.
CREATE TABLE platform_customer (
    organization TEXT NOT NULL PRIMARY KEY,
    uses_acls INTEGER NOT NULL,
    applicant_notifications INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE platform_customer_change (
    id INTEGER PRIMARY KEY,
    organization TEXT NOT NULL,
    at INTEGER NOT NULL,
    name TEXT NOT NULL,                  -- of the column that changed
    value INTEGER NOT NULL
) STRICT;
CREATE INDEX platform_customer_change_organization ON platform_customer_change (organization, id);

-- Whose a contract is, where somebody has said so.
CREATE TABLE platform_customer_contract (
    contract TEXT NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Client secrets, sealed: whoever signs must know them. The key is not in this database.
CREATE TABLE platform_secret (
    client_id TEXT NOT NULL PRIMARY KEY REFERENCES platform_application (client_id),
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What a push event about an integration leads to.
CREATE TABLE platform_status_change (
    request_id TEXT NOT NULL PRIMARY KEY,
    context TEXT NOT NULL,
    integration_type TEXT NOT NULL,
    tenant_type TEXT NOT NULL,
    status TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where push events go, and how that is going. The configurations themselves are records.
CREATE TABLE platform_callback (
    organization TEXT NOT NULL,
    integration_type TEXT NOT NULL,
    tenant_type TEXT NOT NULL,
    url TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES platform_application (client_id),  -- whose secret signs
    registered_at INTEGER NOT NULL,
    disabled TEXT,                       -- why nothing is sent; NULL while it is
    last_success_at INTEGER,
    failing_since INTEGER,                 -- the first failure after the last success
    warnings INTEGER NOT NULL,             -- given so far about this row of failures
    validation TEXT NOT NULL,
    challenge_failures INTEGER NOT NULL,   -- in a row
    validated_at INTEGER,
    next_validation_at INTEGER NOT NULL,
    challenge_error TEXT,
    PRIMARY KEY (organization, integration_type, tenant_type)
) STRICT, WITHOUT ROWID;
CREATE INDEX platform_callback_next_validation_at ON platform_callback (next_validation_at);
CREATE INDEX platform_callback_client_id ON platform_callback (client_id);

-- Which customer a callback's URL belongs to: one URL, one customer.
CREATE TABLE platform_callback_url (
    url TEXT NOT NULL PRIMARY KEY,       -- as it is compared
    organization TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX platform_callback_url_organization ON platform_callback_url (organization);

-- Push events, written with what causes them, kept until told to somebody.
CREATE TABLE platform_event (
    id INTEGER PRIMARY KEY,
    customer TEXT NOT NULL,              -- organization, or contract as long as nobody knows whose it is
    integration_type TEXT NOT NULL,      -- whose callback it goes to
    is_assumed INTEGER NOT NULL,           -- 1: any callback of the customer will do
    context TEXT NOT NULL,
    type TEXT NOT NULL,
    body BLOB NOT NULL,                -- the bytes that are signed and sent
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,             -- on the current ladder
    next_at INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE INDEX platform_event_waiting ON platform_event (customer, integration_type, next_at) WHERE state = 'waiting';
CREATE INDEX platform_event_customer ON platform_event (customer, id);

CREATE TABLE platform_delivery_attempt (
    id INTEGER PRIMARY KEY,
    event_id INTEGER NOT NULL REFERENCES platform_event (id),
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    url TEXT NOT NULL,
    status INTEGER,                        -- NULL: no answer
    duration_ms INTEGER NOT NULL,
    error TEXT
) STRICT;
CREATE INDEX platform_delivery_attempt_event_id ON platform_delivery_attempt (event_id, id);
