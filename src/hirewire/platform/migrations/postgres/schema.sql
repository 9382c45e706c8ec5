-- From nothing to revision 0004_applicants
CREATE TABLE platform_schema (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT platform_schema_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> 0001_platform

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

;

INSERT INTO platform_schema (version_num) VALUES ('0001_platform') RETURNING platform_schema.version_num;

-- Running upgrade 0001_platform -> 0002_integrations

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

;

UPDATE platform_schema SET version_num='0002_integrations' WHERE platform_schema.version_num = '0001_platform';

-- Running upgrade 0002_integrations -> 0003_prospects

-- People as prospects and as holders of seats.
CREATE TABLE platform_person (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,  -- of urn:li:person:{id}
    profile BYTEA NOT NULL               -- JSON: the names
);

-- Recruiters' places on contracts.
CREATE TABLE platform_seat (
    id BIGINT PRIMARY KEY,               -- of urn:li:seat:{id}
    contract TEXT NOT NULL,              -- its URN
    person TEXT NOT NULL REFERENCES platform_person (id),
    state TEXT NOT NULL,
    roles BYTEA NOT NULL,                -- JSON
    created_at BIGINT NOT NULL
);
CREATE INDEX platform_seat_contract ON platform_seat (contract, id);
CREATE INDEX platform_seat_person ON platform_seat (person);

-- Prospect notes. Numbers instead of URNs: there are millions of them, in three trees.
CREATE TABLE platform_prospect_note (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    contract BIGINT NOT NULL,            -- of urn:li:contract:{number}
    owner BIGINT NOT NULL,               -- the seat
    person TEXT NOT NULL,                -- the prospect
    active BIGINT NOT NULL,              -- 0: deleted
    text BYTEA NOT NULL,                 -- UTF-8: it may hold any character
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL
);
-- A page begins behind a place in one of these, wherever that is.
CREATE INDEX platform_prospect_note_contract ON platform_prospect_note (contract, last_modified, id);
CREATE INDEX platform_prospect_note_owner ON platform_prospect_note (contract, owner, last_modified, id);

-- Where pages that were served ended, so that the page behind one of them continues there (decision G-54).
CREATE TABLE platform_page (
    client_id TEXT NOT NULL,
    query BYTEA NOT NULL,                -- a digest
    start BIGINT NOT NULL,               -- of the page that follows
    number BIGINT NOT NULL,              -- in order of service, for each application
    served_at BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    id BIGINT NOT NULL,
    PRIMARY KEY (client_id, query, start)
);
CREATE INDEX platform_page_number ON platform_page (client_id, number);

;

UPDATE platform_schema SET version_num='0003_prospects' WHERE platform_schema.version_num = '0002_integrations';

-- Running upgrade 0003_prospects -> 0004_applicants

CREATE TABLE platform_job (
    id TEXT NOT NULL PRIMARY KEY,        -- digits
    organization TEXT NOT NULL,
    title TEXT NOT NULL,
    company TEXT,
    location TEXT,
    posted_at BIGINT NOT NULL
);
CREATE INDEX platform_job_organization ON platform_job (organization, posted_at);

CREATE TABLE platform_job_application (
    urn TEXT NOT NULL PRIMARY KEY,
    job TEXT NOT NULL REFERENCES platform_job (id),
    organization TEXT NOT NULL,          -- the job's
    applicant TEXT NOT NULL,             -- URN of a person
    name TEXT,
    email TEXT,
    locale TEXT,
    submitted_at BIGINT NOT NULL
);
CREATE INDEX platform_job_application_job ON platform_job_application (job, submitted_at);
CREATE INDEX platform_job_application_applicant ON platform_job_application (applicant, submitted_at);
CREATE INDEX platform_job_application_email ON platform_job_application (email) WHERE email IS NOT NULL;

-- Every action as it was reported, repeated ones too. The job application need not be known (decision G-47).
CREATE TABLE platform_lifecycle_action (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_application TEXT NOT NULL,
    organization TEXT,                   -- NULL where none was given and none can be told
    action TEXT NOT NULL,
    performed_at BIGINT NOT NULL,       -- says the partner
    received_at BIGINT NOT NULL,        -- says the platform; the 72 hours count from here (decision G-36)
    client_id TEXT NOT NULL
);
CREATE INDEX platform_lifecycle_action_job_application ON platform_lifecycle_action (job_application, id);

-- What an applicant sees where, and since when.
CREATE TABLE platform_notice (
    job_application TEXT NOT NULL REFERENCES platform_job_application (urn),
    event TEXT NOT NULL,
    surface TEXT NOT NULL,
    shown_at BIGINT NOT NULL,
    PRIMARY KEY (job_application, event, surface)
);

-- Mails to applicants: at most one for each application and event.
CREATE TABLE platform_mail (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_application TEXT NOT NULL REFERENCES platform_job_application (urn),
    event TEXT NOT NULL,
    recipient TEXT,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,            -- while due: when to look at it next
    attempts BIGINT NOT NULL,
    error TEXT,                          -- of the last attempt
    finished_at BIGINT,
    message_id TEXT,                     -- from here on NULL until it is written, which happens once
    written_at BIGINT,
    subject TEXT,
    text TEXT,
    html TEXT,
    UNIQUE (job_application, event)
);
CREATE INDEX platform_mail_due ON platform_mail (next_at) WHERE state = 'due';

;

UPDATE platform_schema SET version_num='0004_applicants' WHERE platform_schema.version_num = '0003_prospects';

