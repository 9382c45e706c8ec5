-- Applications that may call the platform: parents, and one for each customer.
CREATE TABLE platform_application (
    number INTEGER PRIMARY KEY,          -- of urn:li:developerApplication:{number}
    client_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    parent TEXT REFERENCES platform_application (client_id),
    unique_foreign_id TEXT,              -- as JSON text: it may hold any character
    profile BLOB NOT NULL,               -- JSON: name, description and what else its owner says about it
    secret_digest TEXT NOT NULL,
    state TEXT NOT NULL,
    rules BLOB NOT NULL,                 -- JSON: what it is held to, where that differs
    created_at INTEGER NOT NULL,
    UNIQUE (parent, unique_foreign_id)
) STRICT;

-- Which organizations and contracts an application may touch.
CREATE TABLE platform_context (
    client_id TEXT NOT NULL REFERENCES platform_application (client_id),
    urn TEXT NOT NULL,
    PRIMARY KEY (client_id, urn)
) STRICT, WITHOUT ROWID;

-- One number that caches compare.
CREATE TABLE platform_change_count (change_count INTEGER NOT NULL) STRICT;
INSERT INTO platform_change_count (change_count) VALUES (1);

CREATE TABLE platform_token (
    digest BLOB NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES platform_application (client_id),
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX platform_token_expires_at ON platform_token (expires_at);
CREATE INDEX platform_token_client_id ON platform_token (client_id);

-- Everything customers synchronise, in logical terms. The key is what remains of the record's key without its tenant,
-- as a JSON array, so that records whose keys begin alike lie side by side.
CREATE TABLE platform_record (
    tenant TEXT NOT NULL,
    resource TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER,
    body BLOB NOT NULL,
    stored_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, resource, key)
) STRICT, WITHOUT ROWID;

-- The current windows of the throttles.
CREATE TABLE platform_usage (
    client_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    day INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    records INTEGER NOT NULL,
    PRIMARY KEY (client_id, resource)
) STRICT, WITHOUT ROWID;

CREATE TABLE platform_journal (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    client_id TEXT,
    verb TEXT NOT NULL,
    target TEXT NOT NULL,
    method TEXT,
    resource TEXT,
    status INTEGER NOT NULL,
    code TEXT,
    records INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    stale INTEGER NOT NULL,
    stale_keys BLOB NOT NULL,            -- JSON
    duration_us INTEGER NOT NULL,
    request BLOB NOT NULL,
    response BLOB NOT NULL
) STRICT;
