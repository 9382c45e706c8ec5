-- Applications that may call the platform: parents, and one for each customer.
CREATE TABLE platform_application (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- of urn:li:developerApplication:{number}
    client_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    parent TEXT REFERENCES platform_application (client_id),
    unique_foreign_id TEXT,              -- as JSON text: it may hold any character
    profile BYTEA NOT NULL,              -- JSON: name, description and what else its owner says about it
    secret_digest TEXT NOT NULL,
    state TEXT NOT NULL,
    rules BYTEA NOT NULL,                -- JSON: what it is held to, where that differs
    created_at BIGINT NOT NULL,
    UNIQUE (parent, unique_foreign_id)
);

-- Which organizations and contracts an application may touch.
CREATE TABLE platform_context (
    client_id TEXT NOT NULL REFERENCES platform_application (client_id),
    urn TEXT NOT NULL,
    PRIMARY KEY (client_id, urn)
);

-- One number that caches compare.
CREATE TABLE platform_change_count (change_count BIGINT NOT NULL);
INSERT INTO platform_change_count (change_count) VALUES (1);

CREATE TABLE platform_token (
    digest BYTEA NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES platform_application (client_id),
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX platform_token_expires_at ON platform_token (expires_at);
CREATE INDEX platform_token_client_id ON platform_token (client_id);

-- Everything customers synchronise, in logical terms. The key is what remains of the record's key without its tenant,
-- as a JSON array, so that records whose keys begin alike lie side by side.
CREATE TABLE platform_record (
    tenant TEXT NOT NULL,
    resource TEXT NOT NULL,
    key TEXT COLLATE "C" NOT NULL,       -- by code point, as SQLite orders text
    version BIGINT,
    body BYTEA NOT NULL,
    stored_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, resource, key)
);

-- The current windows of the throttles.
CREATE TABLE platform_usage (
    client_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    day BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    minute BIGINT NOT NULL,
    records BIGINT NOT NULL,
    PRIMARY KEY (client_id, resource)
);

CREATE TABLE platform_journal (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    request_id TEXT NOT NULL,
    client_id TEXT,
    verb TEXT NOT NULL,
    target TEXT NOT NULL,
    method TEXT,
    resource TEXT,
    status BIGINT NOT NULL,
    code TEXT,
    records BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    stale BIGINT NOT NULL,
    stale_keys BYTEA NOT NULL,           -- JSON
    duration_us BIGINT NOT NULL,
    request BYTEA NOT NULL,
    response BYTEA NOT NULL
);
