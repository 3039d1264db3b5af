-- breaking: no
-- Balances of whole hours and days, so that revenue over years is a sum of few rows: a delta is added to its bucket's
-- row, its hour and its day in one statement, and is marked by that; what is not marked yet is read beside them.
-- A worker of the previous release cannot merge marked rows: the trigger refuses it, and its books stay right.
-- Time on a large table: about a second a million deltas, during which events wait to be applied. Afterwards the worker
-- marks 5,000 deltas a turn; answers are right before, meanwhile and after.

-- Up Migration

create table balance_spans (
  -- derived from balance_deltas, as those are from postings
  ledger_account_id text collate "C" not null,
  span_seconds integer not null,
  starts_at timestamptz not null,
  debit_minor numeric not null,
  credit_minor numeric not null,
  fact_count bigint not null,
  fee_pending_count bigint not null,
  primary key (ledger_account_id, span_seconds, starts_at) include (debit_minor, credit_minor, fact_count, fee_pending_count),
  constraint balance_spans_span_known check (span_seconds in (3600, 86400)),
  constraint balance_spans_starts_with_its_span check (extract(epoch from starts_at)::bigint % span_seconds = 0)
) with (fillfactor = 75);

-- true: part of balance_spans, and the only marked row of its account and bucket
alter table balance_deltas add column is_folded boolean not null default false;
create unique index balance_deltas_folded_once on balance_deltas (ledger_account_id, bucket_at) where is_folded;
create index balance_deltas_unfolded on balance_deltas (ledger_account_id, bucket_at)
  include (debit_minor, credit_minor, fact_count, fee_pending_count) where not is_folded;
create trigger balance_deltas_stay_folded before delete on balance_deltas
  for each row when (old.is_folded) execute function refuse_change();

-- Down Migration

drop trigger balance_deltas_stay_folded on balance_deltas;
drop index balance_deltas_unfolded, balance_deltas_folded_once;
alter table balance_deltas drop column is_folded;
drop table balance_spans;
