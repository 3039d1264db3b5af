/** Tables of the bare intake: what makes an event durable, once, and waiting. */
export const bareIntakeSchema = `
create table bare_inbox (
  id text collate "C" primary key,
  event_id text collate "C" not null,
  dedupe_digest bytea not null unique,
  type text not null,
  received_at timestamptz not null
);
create table bare_payloads (inbox_id text collate "C" primary key, body bytea not null);
create table bare_queue (inbox_id text collate "C" primary key references bare_inbox);
`
