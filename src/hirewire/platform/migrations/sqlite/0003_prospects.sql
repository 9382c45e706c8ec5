-- People as prospects and as holders of seats.
CREATE TABLE platform_person (
    id TEXT NOT NULL PRIMARY KEY,        -- of urn:li:person:{id}
    profile BLOB NOT NULL                -- JSON: the names
) STRICT, WITHOUT ROWID;

-- Recruiters' places on contracts.
CREATE TABLE platform_seat (
    id INTEGER PRIMARY KEY,              -- of urn:li:seat:{id}
    contract TEXT NOT NULL,              -- its URN
    person TEXT NOT NULL REFERENCES platform_person (id),
    state TEXT NOT NULL,
    roles BLOB NOT NULL,                 -- JSON
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX platform_seat_contract ON platform_seat (contract, id);
CREATE INDEX platform_seat_person ON platform_seat (person);

-- Prospect notes. Numbers instead of URNs: there are millions of them, in three trees.
CREATE TABLE platform_prospect_note (
    id INTEGER PRIMARY KEY,
    contract INTEGER NOT NULL,           -- of urn:li:contract:{number}
    owner INTEGER NOT NULL,              -- the seat
    person TEXT NOT NULL,                -- the prospect
    active INTEGER NOT NULL,             -- 0: deleted
    text BLOB NOT NULL,                  -- UTF-8: it may hold any character
    created INTEGER NOT NULL,
    last_modified INTEGER NOT NULL
) STRICT;
-- A page begins behind a place in one of these, wherever that is.
CREATE INDEX platform_prospect_note_contract ON platform_prospect_note (contract, last_modified, id);
CREATE INDEX platform_prospect_note_owner ON platform_prospect_note (contract, owner, last_modified, id);

-- Where pages that were served ended, so that the page behind one of them continues there (decision G-54).
CREATE TABLE platform_page (
    client_id TEXT NOT NULL,
    query BLOB NOT NULL,                 -- a digest
    start INTEGER NOT NULL,              -- of the page that follows
    number INTEGER NOT NULL,             -- in order of service, for each application
    served_at INTEGER NOT NULL,
    last_modified INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (client_id, query, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX platform_page_number ON platform_page (client_id, number);
