-- breaking: no
-- The inbox: what providers told us, in the bytes they sent, and the narrow rows that are the work.
-- inbox_events never changes and is never partitioned by time: its unique key is kept for ever, so an
-- event replayed after a year is still a duplicate. Bodies lie in inbox_payloads, partitioned by month.
-- Time on a large table: none, all tables are new.

-- Up Migration

create table inbox_events (
  id text collate "C" primary key,
  merchant_id text collate "C" not null,
  livemode boolean not null,
  provider_account_id text collate "C" not null,
  event_id text collate "C" not null,
  -- first 16 bytes of SHA-256(provider account, event id): the one small random index of the intake
  dedupe_digest bytea not null,
  type text not null,
  api_version text,
  object_reference text collate "C",
  event_created_at timestamptz not null,
  -- root reference of the payment this event tells of: events of one key are applied by one worker at a time
  ordering_key text collate "C" not null,
  lane smallint not null,
  request_id text collate "C" not null,
  correlation_id text collate "C" not null,
  received_at timestamptz not null,
  constraint inbox_events_of_merchants_account foreign key (provider_account_id, merchant_id)
    references provider_accounts (id, merchant_id),
  constraint inbox_events_once_per_provider_account unique (dedupe_digest),
  constraint inbox_events_digest_is_16_bytes check (octet_length(dedupe_digest) = 16),
  constraint inbox_events_lane_known check (lane between 0 and 63)
);

create table inbox_payloads (
  inbox_event_id text collate "C" not null,
  received_at timestamptz not null,
  -- null: stored in the clear; else the key the body is encrypted under
  key_id text,
  body bytea not null,
  headers json not null,
  signature json not null,
  primary key (inbox_event_id, received_at)
) partition by range (received_at);
-- Catches what arrives in a month nobody prepared; months are prepared ahead by a worker.
create table inbox_payloads_unprepared partition of inbox_payloads default;

-- Work that waits; deleted in the commit that applies it.
create table inbox_queue (
  -- written in the statement that writes its event
  inbox_event_id text collate "C" primary key,
  received_at timestamptz not null,
  lane smallint not null,
  run_at timestamptz not null,
  attempt_count smallint not null default 0,
  -- true after a worker died while this event was in its batch: it is then applied alone
  suspect boolean not null default false,
  constraint inbox_queue_attempts_not_negative check (attempt_count >= 0)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_insert_scale_factor = 0.1);
create index inbox_queue_due_by_lane on inbox_queue (lane, run_at);
create index inbox_queue_suspects_by_lane on inbox_queue (lane, run_at) where suspect;

-- One row a lane; a worker owns the lanes whose rows it has locked.
create table inbox_lanes (lane smallint primary key);
insert into inbox_lanes select generate_series(0, 63);

create table inbox_outcomes (
  -- only written for an event that its writer has just read
  inbox_event_id text collate "C" primary key,
  status text not null,
  reason text,
  payment_id text collate "C",
  applied_at timestamptz not null,
  constraint inbox_outcomes_status_known check (status in ('applied', 'ignored'))
);
create index inbox_outcomes_by_payment on inbox_outcomes (payment_id) where payment_id is not null;

-- Children whose root is not known yet, under every reference that would tell it.
create table inbox_parked (
  inbox_event_id text collate "C" not null references inbox_events,
  received_at timestamptz not null,
  provider_account_id text collate "C" not null references provider_accounts,
  kind text not null,
  reference text collate "C" not null,
  parked_at timestamptz not null,
  primary key (inbox_event_id, kind, reference)
);
create index inbox_parked_by_reference on inbox_parked (provider_account_id, kind, reference);

create table inbox_failures (
  id bigint generated always as identity primary key,
  inbox_event_id text collate "C" not null references inbox_events,
  attempt smallint not null,
  error_type text not null,
  code text not null,
  detail text not null,
  failed_at timestamptz not null
);
create index inbox_failures_by_event on inbox_failures (inbox_event_id);

create table dead_letters (
  inbox_event_id text collate "C" primary key references inbox_events,
  merchant_id text collate "C" not null references merchants,
  livemode boolean not null,
  attempt_count smallint not null,
  error_type text not null,
  code text not null,
  detail text not null,
  dead_at timestamptz not null
);
create index dead_letters_by_merchant on dead_letters (merchant_id, livemode, inbox_event_id);

-- The same provider event id with another type, time or object: kept aside, never applied, always visible.
create table inbox_collisions (
  id text collate "C" primary key,
  inbox_event_id text collate "C" not null references inbox_events,
  merchant_id text collate "C" not null references merchants,
  livemode boolean not null,
  event_id text collate "C" not null,
  type text not null,
  object_reference text collate "C",
  event_created_at timestamptz not null,
  content_digest bytea not null,
  request_id text collate "C" not null,
  body bytea not null,
  headers json not null,
  received_at timestamptz not null,
  constraint inbox_collisions_once_per_content unique (inbox_event_id, content_digest)
);
create index inbox_collisions_by_merchant on inbox_collisions (merchant_id, livemode, id);

-- Named before a batch starts, deleted by the batch's own commit: a row left behind names suspects.
create table worker_batches (
  id text collate "C" primary key,
  worker_id text not null,
  lanes smallint[] not null,
  inbox_event_ids text[] not null,
  started_at timestamptz not null
);

-- Down Migration

drop table worker_batches, inbox_collisions, dead_letters, inbox_failures, inbox_parked, inbox_outcomes,
  inbox_lanes, inbox_queue, inbox_payloads, inbox_events;
