-- breaking: no
-- Replays: stored events applied once more by a job on the server; dead letters that a person has set aside; and
-- who did what and why, append-only. Indexes, so that no list of events reads a table that grows.
-- Time on a large table: about a second a million events for inbox_events_by_type and inbox_outcomes_ignored, during
-- which webhooks are answered 503 and sent again; dead_letters is small, the other tables are new.

-- Up Migration

-- One index for every list of events: of one type, of types that begin alike (the few distinct types are skipped
-- through), and of all. It is written at the right edge of each type, so the intake pays little for it.
create index inbox_events_by_type on inbox_events (merchant_id, livemode, type, id);
create index inbox_outcomes_ignored on inbox_outcomes (inbox_event_id) where status = 'ignored';

alter table dead_letters
  add column set_aside_at timestamptz,
  add column set_aside_reason text,
  add column set_aside_by text,
  add constraint dead_letters_set_aside_with_reason check (
    (set_aside_at is null) = (set_aside_reason is null) and (set_aside_at is null) = (set_aside_by is null));
create index dead_letters_open on dead_letters (merchant_id, livemode, inbox_event_id) where set_aside_at is null;

-- One row a job; a worker owns it for one batch, under a lease whose fence every later write must carry.
create table replays (
  id text collate "C" primary key,
  merchant_id text collate "C" not null references merchants,
  livemode boolean not null,
  filter json not null,
  reason text,
  actor_type text not null,
  actor_id text not null,
  status text not null default 'waiting',
  -- null: more than is counted
  total_count bigint,
  -- events that come later are not part of it
  received_before timestamptz not null,
  -- events up to here are done
  position text collate "C" not null default '',
  changed_count bigint not null default 0,
  unchanged_count bigint not null default 0,
  ignored_count bigint not null default 0,
  parked_count bigint not null default 0,
  waiting_count bigint not null default 0,
  failed_count bigint not null default 0,
  posting_count bigint not null default 0,
  fence bigint not null default 0,
  lease_until timestamptz,
  -- claims since the last batch that committed
  claim_count integer not null default 0,
  created_at timestamptz not null,
  started_at timestamptz,
  worked_at timestamptz,
  finished_at timestamptz,
  constraint replays_actor_known check (actor_type in ('api_key', 'command_line')),
  constraint replays_status_known check (status in ('waiting', 'running', 'finished', 'stopped')),
  constraint replays_finished_at_when_over check ((status in ('finished', 'stopped')) = (finished_at is not null))
);
create index replays_by_merchant on replays (merchant_id, livemode, id);
create index replays_open on replays (id) where status in ('waiting', 'running');

create table replay_results (
  replay_id text collate "C" not null references replays,
  inbox_event_id text collate "C" not null,
  merchant_id text collate "C" not null,
  livemode boolean not null,
  status text not null,
  reason text,
  detail text,
  payment_id text collate "C",
  change_count integer not null,
  replayed_at timestamptz not null,
  primary key (replay_id, inbox_event_id),
  constraint replay_results_status_known check
    (status in ('changed', 'unchanged', 'ignored', 'parked', 'waiting', 'failed'))
);

create table audit_log (
  id text collate "C" primary key,
  merchant_id text collate "C" not null references merchants,
  livemode boolean not null,
  actor_type text not null,
  actor_id text not null,
  action text not null,
  subject_id text collate "C" not null,
  reason text,
  details json not null,
  request_id text collate "C",
  created_at timestamptz not null,
  constraint audit_log_actor_known check (actor_type in ('api_key', 'command_line'))
);
create index audit_log_by_merchant on audit_log (merchant_id, livemode, id);
create index audit_log_by_subject on audit_log (merchant_id, livemode, subject_id, id);
create trigger audit_log_is_immutable before update or delete or truncate on audit_log
  for each statement execute function refuse_change();
revoke update, delete, truncate on audit_log from public, current_user;

-- Down Migration

drop table audit_log, replay_results, replays;
drop index dead_letters_open;
alter table dead_letters
  drop constraint dead_letters_set_aside_with_reason,
  drop column set_aside_at, drop column set_aside_reason, drop column set_aside_by;
drop index inbox_outcomes_ignored, inbox_events_by_type;
