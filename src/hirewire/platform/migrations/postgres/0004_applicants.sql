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
