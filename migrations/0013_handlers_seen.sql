-- breaking: no
-- When a process that has a handler was last heard of, so that nobody forgets a handler that is still at work.
-- Null: none since this column is there; processes of the release before do not write it.
-- Time on a large table: a moment, the table has a row a handler.

-- Up Migration

alter table event_handlers add column seen_at timestamptz;

-- Down Migration

alter table event_handlers drop column seen_at;
