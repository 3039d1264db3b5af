/** Tables of the bare apply: the least that holds a state, a history, a ledger and an outbox with foreign keys. */
export const bareApplySchema = `
create table bare_merchants (id text collate "C" primary key);
create table bare_accounts (id text collate "C" primary key);
create table bare_inbox (id text collate "C" primary key, body bytea not null);
create table bare_queue (inbox_id text collate "C" primary key references bare_inbox);
create table bare_done (inbox_id text collate "C" primary key references bare_inbox, done_at timestamptz not null);
create table bare_payments (
  id text collate "C" primary key,
  merchant_id text collate "C" not null references bare_merchants,
  status text not null,
  amount_minor bigint not null,
  currency char(3) not null,
  updated_at timestamptz not null
) with (fillfactor = 75);
create table bare_history (
  id bigint generated always as identity primary key,
  payment_id text collate "C" not null references bare_payments,
  inbox_id text collate "C" not null references bare_inbox,
  after jsonb not null,
  created_at timestamptz not null
);
create table bare_postings (
  id bigint generated always as identity primary key,
  payment_id text collate "C" not null references bare_payments,
  debit_account_id text collate "C" not null references bare_accounts,
  credit_account_id text collate "C" not null references bare_accounts,
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null
);
create table bare_outbox (
  id text collate "C" primary key,
  payment_id text collate "C" not null,
  type text not null,
  payload json not null,
  created_at timestamptz not null
);
insert into bare_merchants values ('mer_1');
insert into bare_accounts values ('provider_balance'), ('gross_revenue');
`
