-- breaking: no
-- The outbox: events written in the transaction of the change they describe, in the form they leave in.
-- The body never changes; what still has to leave is a narrow row of its own.
-- Time on a large table: none, all tables are new.

-- Up Migration

create table outbox_events (
  id text collate "C" primary key,
  merchant_id text collate "C" not null,
  livemode boolean not null,
  -- payment id, or the event's own object where there is no payment
  ordering_key text collate "C" not null,
  sequence bigint not null,
  partition smallint not null,
  type text not null,
  api_version text not null,
  payload json not null,
  correlation_id text collate "C" not null,
  created_at timestamptz not null,
  constraint outbox_events_sequence_once unique (ordering_key, sequence),
  constraint outbox_events_partition_known check (partition between 0 and 63)
);

create table outbox_queue (
  partition smallint not null,
  -- written in the statement that writes its event
  outbox_event_id text collate "C" not null,
  primary key (partition, outbox_event_id)
);

create trigger outbox_events_are_immutable before update on outbox_events
  for each statement execute function refuse_change();

-- Down Migration

drop table outbox_queue, outbox_events;
