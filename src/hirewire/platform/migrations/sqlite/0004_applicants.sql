CREATE TABLE platform_job (
    id TEXT NOT NULL PRIMARY KEY,        -- digits
    organization TEXT NOT NULL,
    title TEXT NOT NULL,
    company TEXT,
    location TEXT,
    posted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX platform_job_organization ON platform_job (organization, posted_at);

CREATE TABLE platform_job_application (
    urn TEXT NOT NULL PRIMARY KEY,
    job TEXT NOT NULL REFERENCES platform_job (id),
    organization TEXT NOT NULL,          -- the job's
    applicant TEXT NOT NULL,             -- URN of a person
    name TEXT,
    email TEXT,
    locale TEXT,
    submitted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX platform_job_application_job ON platform_job_application (job, submitted_at);
CREATE INDEX platform_job_application_applicant ON platform_job_application (applicant, submitted_at);
CREATE INDEX platform_job_application_email ON platform_job_application (email) WHERE email IS NOT NULL;

-- Every action as it was reported, repeated ones too. The job application need not be known (decision G-47).
CREATE TABLE platform_lifecycle_action (
    id INTEGER PRIMARY KEY,
    job_application TEXT NOT NULL,
    organization TEXT,                   -- NULL where none was given and none can be told
    action TEXT NOT NULL,
    performed_at INTEGER NOT NULL,       -- says the partner
    received_at INTEGER NOT NULL,        -- says the platform; the 72 hours count from here (decision G-36)
    client_id TEXT NOT NULL
) STRICT;
CREATE INDEX platform_lifecycle_action_job_application ON platform_lifecycle_action (job_application, id);

-- What an applicant sees where, and since when.
CREATE TABLE platform_notice (
    job_application TEXT NOT NULL REFERENCES platform_job_application (urn),
    event TEXT NOT NULL,
    surface TEXT NOT NULL,
    shown_at INTEGER NOT NULL,
    PRIMARY KEY (job_application, event, surface)
) STRICT, WITHOUT ROWID;

-- Mails to applicants: at most one for each application and event.
CREATE TABLE platform_mail (
    id INTEGER PRIMARY KEY,
    job_application TEXT NOT NULL REFERENCES platform_job_application (urn),
    event TEXT NOT NULL,
    recipient TEXT,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,            -- while due: when to look at it next
    attempts INTEGER NOT NULL,
    error TEXT,                          -- of the last attempt
    finished_at INTEGER,
    message_id TEXT,                     -- from here on NULL until it is written, which happens once
    written_at INTEGER,
    subject TEXT,
    text TEXT,
    html TEXT,
    UNIQUE (job_application, event)
) STRICT;
CREATE INDEX platform_mail_due ON platform_mail (next_at) WHERE state = 'due';
