-- The connector's tables, first form. They can live in the ATS's own database: every name begins with hirewire_.

-- Who serves an application: the unit of ownership, because its throttles are counted per application.
CREATE TABLE hirewire_lane (
  application TEXT NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  lease_until BIGINT NOT NULL
);

-- One row for each entity ever seen, narrow: what is known of it (hirewire.plan.entity.Standing).
CREATE TABLE hirewire_entity (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  kind TEXT NOT NULL,
  record TEXT NOT NULL,
  parent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  src_modified BIGINT NOT NULL,
  op TEXT NOT NULL,
  digest BLOB NOT NULL,
  state TEXT NOT NULL,
  urgency INTEGER NOT NULL,
  first_dirty_at BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  acked_seq BIGINT NOT NULL DEFAULT 0,
  acked_digest BLOB,
  sent_seq BIGINT NOT NULL DEFAULT 0,
  sent_modified BIGINT,
  batch_id BIGINT,
  closed_until BIGINT NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  chunk INTEGER,
  reason TEXT,
  -- The record's own id first: a person who asks knows that one, and often no more.
  UNIQUE (record, parent, tenant, kind)
);
CREATE INDEX hirewire_entity_due ON hirewire_entity (tenant, kind, urgency, next_at, first_dirty_at, id) WHERE state = 'dirty';
CREATE INDEX hirewire_entity_inflight ON hirewire_entity (batch_id) WHERE state = 'inflight';
CREATE INDEX hirewire_entity_parked ON hirewire_entity (id) WHERE state = 'parked';

-- The content of the newest version, wide; gone once the platform has it.
CREATE TABLE hirewire_payload (
  entity BIGINT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  body BLOB NOT NULL
);

-- Requests: sent, then done or unknown.
CREATE TABLE hirewire_batch (
  id INTEGER PRIMARY KEY,
  application TEXT NOT NULL,
  tenant TEXT NOT NULL,
  kind TEXT NOT NULL,
  op TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  state TEXT NOT NULL,
  records INTEGER NOT NULL,
  taken INTEGER NOT NULL DEFAULT 0,
  sent_at BIGINT NOT NULL,
  deadline_at BIGINT NOT NULL,
  answered_at BIGINT,
  status INTEGER,
  request_id TEXT,
  detail TEXT,
  alarm TEXT
);
CREATE INDEX hirewire_batch_sent ON hirewire_batch (application) WHERE state = 'sent';
CREATE INDEX hirewire_batch_age ON hirewire_batch (sent_at);

-- What happened to each entity, for people.
CREATE TABLE hirewire_story (
  id INTEGER PRIMARY KEY,
  entity BIGINT NOT NULL,
  at BIGINT NOT NULL,
  event TEXT NOT NULL,
  seq BIGINT NOT NULL,
  batch_id BIGINT,
  detail TEXT
);
CREATE INDEX hirewire_story_entity ON hirewire_story (entity, id);
CREATE INDEX hirewire_story_age ON hirewire_story (at);

-- Requests reserved per application, resource and UTC day, before they are sent.
CREATE TABLE hirewire_budget (
  application TEXT NOT NULL,
  kind TEXT NOT NULL,
  utc_day INTEGER NOT NULL,
  used INTEGER NOT NULL,
  throttles INTEGER NOT NULL DEFAULT 0,
  throttled_until BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (application, kind, utc_day)
);

-- Records per application, resource and slot of a quarter of a second.
CREATE TABLE hirewire_minute (
  application TEXT NOT NULL,
  kind TEXT NOT NULL,
  slot BIGINT NOT NULL,
  records INTEGER NOT NULL,
  PRIMARY KEY (application, kind, slot)
);

-- Customers whose requests fail as a whole.
CREATE TABLE hirewire_hold (
  tenant TEXT NOT NULL,
  kind TEXT NOT NULL,
  until_at BIGINT NOT NULL,
  since_at BIGINT NOT NULL,
  failures INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (tenant, kind)
);
