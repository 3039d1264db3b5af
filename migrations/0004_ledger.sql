-- breaking: no
-- The ledger. A posting is one row with a debit and a credit account of its own currency, so it balances by
-- construction; balances are folds, kept as appended deltas in 15-minute buckets.
-- Time on a large table: none, all tables are new.

-- Up Migration

create table ledger_accounts (
  id text collate "C" primary key,
  merchant_id text collate "C" not null,
  livemode boolean not null,
  provider_account_id text collate "C" not null,
  kind text not null,
  currency char(3) not null,
  created_at timestamptz not null,
  constraint ledger_accounts_of_merchants_account foreign key (provider_account_id, merchant_id)
    references provider_accounts (id, merchant_id),
  constraint ledger_accounts_kind_known check (kind in
    ('provider_balance', 'gross_revenue', 'refunds', 'disputes', 'processing_fees', 'dispute_fees', 'fx', 'bank')),
  constraint ledger_accounts_once unique (merchant_id, livemode, provider_account_id, kind, currency),
  constraint ledger_accounts_currency_key unique (id, currency)
);

create table journal_entries (
  id text collate "C" primary key,
  merchant_id text collate "C" not null,
  livemode boolean not null,
  provider_account_id text collate "C" not null,
  -- the payment or the payout this fact belongs to
  subject_id text collate "C" not null,
  kind text not null,
  reference text collate "C" not null,
  revision integer not null,
  reverses_entry_id text collate "C" references journal_entries,
  effective_at timestamptz not null,
  correlation_id text collate "C" not null,
  created_at timestamptz not null,
  constraint journal_entries_of_merchants_account foreign key (provider_account_id, merchant_id)
    references provider_accounts (id, merchant_id),
  constraint journal_entries_once_per_fact unique (merchant_id, livemode, kind, reference, revision),
  -- odd revisions book a fact, the even one after it takes it back
  constraint journal_entries_even_revision_reverses check ((revision % 2 = 0) = (reverses_entry_id is not null)),
  constraint journal_entries_revision_positive check (revision > 0)
);
create unique index journal_entries_reversed_once on journal_entries (reverses_entry_id) where reverses_entry_id is not null;
create index journal_entries_by_subject on journal_entries (subject_id);
create index journal_entries_by_time on journal_entries (merchant_id, livemode, effective_at);

create table postings (
  journal_entry_id text collate "C" not null references journal_entries,
  ordinal smallint not null,
  debit_account_id text collate "C" not null,
  credit_account_id text collate "C" not null,
  amount_minor bigint not null,
  currency char(3) not null,
  primary key (journal_entry_id, ordinal),
  constraint postings_amount_positive check (amount_minor > 0),
  constraint postings_move_between_two_accounts check (debit_account_id <> credit_account_id),
  constraint postings_debit_account_in_currency foreign key (debit_account_id, currency) references ledger_accounts (id, currency),
  constraint postings_credit_account_in_currency foreign key (credit_account_id, currency) references ledger_accounts (id, currency)
);

-- Appended by every commit that posts, merged later: no hot row, and a balance is a sum of few rows.
create table balance_deltas (
  id bigint generated always as identity primary key,
  -- derived from postings, whose accounts are checked
  ledger_account_id text collate "C" not null,
  bucket_at timestamptz not null,
  debit_minor numeric not null,
  credit_minor numeric not null,
  -- facts booked minus facts taken back
  fact_count bigint not null,
  -- captures of this bucket whose fee is not known yet
  fee_pending_count bigint not null,
  constraint balance_deltas_bucket_is_15_minutes check (extract(epoch from bucket_at)::bigint % 900 = 0)
);
create index balance_deltas_by_account on balance_deltas (ledger_account_id, bucket_at)
  include (debit_minor, credit_minor, fact_count, fee_pending_count);

create trigger journal_entries_are_immutable before update or delete or truncate on journal_entries
  for each statement execute function refuse_change();
create trigger postings_are_immutable before update or delete or truncate on postings
  for each statement execute function refuse_change();
revoke update, delete, truncate on postings from public, current_user;
-- update stays granted: foreign keys lock the entry they point at, which needs that grant; the trigger refuses it
revoke delete, truncate on journal_entries from public, current_user;

-- Down Migration

drop table balance_deltas, postings, journal_entries, ledger_accounts;
