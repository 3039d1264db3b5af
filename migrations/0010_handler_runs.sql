-- breaking: no
-- Handlers of the user's own: their names, and what each of them still has to be told of.
-- A run is written in the commit that applies its event, for every name that is registered then, whichever process
-- applies it; it is deleted when the handler is done. Nothing is written while no handler is registered.
-- Time on a large table: none, all tables are new.

-- Up Migration

create table event_handlers (
  name text collate "C" primary key,
  registered_at timestamptz not null,
  -- last start of a process that has it
  started_at timestamptz not null,
  constraint event_handlers_name_is_an_export check (length(name) between 1 and 100)
);

create table handler_runs (
  -- written in the statement that writes its event's outcome and reads its handler's name
  id text collate "C" primary key,
  inbox_event_id text collate "C" not null,
  handler text collate "C" not null,
  merchant_id text collate "C" not null,
  livemode boolean not null,
  created_at timestamptz not null,
  -- when it is due; while a process holds it, the end of that process's lease
  run_at timestamptz not null,
  -- counts claims: whoever comes with an older number is refused
  fence bigint not null default 0,
  -- calls that failed
  attempt_count smallint not null default 0,
  -- true after its process ended while several calls were under way: it is then called alone
  suspect boolean not null default false,
  code text,
  detail text,
  failed_at timestamptz,
  -- set: given up, until a person has it tried again
  dead_at timestamptz,
  constraint handler_runs_attempts_not_negative check (attempt_count >= 0),
  constraint handler_runs_id_names_event_and_handler check (id = inbox_event_id || '.' || handler),
  constraint handler_runs_failed_at_with_code check ((failed_at is null) = (code is null) and (code is null) = (detail is null)),
  constraint handler_runs_dead_after_a_failure check (dead_at is null or failed_at is not null)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
create index handler_runs_due_by_handler on handler_runs (handler, suspect, run_at) where dead_at is null;
create index handler_runs_by_merchant on handler_runs (merchant_id, livemode, id);

-- Down Migration

drop table handler_runs, event_handlers;
