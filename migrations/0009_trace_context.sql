-- breaking: no
-- The trace a delivery belongs to travels with it, so that the work it causes later is part of the same trace:
-- `traceparent`, and `tracestate` behind a space. Null when the caller sent none and no traces are exported.
-- Time on a large table: a moment, the columns are empty.

-- Up Migration

alter table inbox_events add column trace_context text collate "C";
alter table outbox_events add column trace_context text collate "C";

-- Down Migration

alter table outbox_events drop column trace_context;
alter table inbox_events drop column trace_context;
