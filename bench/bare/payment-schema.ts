/** Tables of the bare payment: state, attempt, key, history, outbox and journal, with the keys ours have. */
export const barePaymentSchema = `
create table bare_merchants (id text collate "C" primary key);
create table bare_accounts (id text collate "C" primary key, currency char(3) not null, unique (id, currency));
create table bare_payments (
  id text collate "C" primary key,
  merchant_id text collate "C" not null references bare_merchants,
  user_id text not null,
  status text not null,
  amount_minor bigint not null check (amount_minor >= 0),
  received_minor bigint not null default 0,
  currency char(3) not null,
  provider_reference text collate "C" unique,
  created_at timestamptz not null,
  updated_at timestamptz not null
) with (fillfactor = 75);
create index bare_payments_by_user on bare_payments (merchant_id, user_id, id);
create table bare_attempts (
  id text collate "C" primary key,
  payment_id text collate "C" not null references bare_payments,
  provider_key text collate "C" not null unique,
  request text not null,
  status text not null,
  created_at timestamptz not null,
  settled_at timestamptz
) with (fillfactor = 75);
create index bare_attempts_by_payment on bare_attempts (payment_id);
create table bare_keys (
  merchant_id text collate "C" not null references bare_merchants,
  key text collate "C" not null,
  fingerprint bytea not null,
  payment_id text collate "C" not null,
  status smallint,
  body text,
  created_at timestamptz not null,
  primary key (merchant_id, key)
) with (fillfactor = 75);
create table bare_history (
  id bigint generated always as identity,
  payment_id text collate "C" not null,
  after json not null,
  created_at timestamptz not null,
  primary key (payment_id, id)
);
create table bare_outbox (
  id bigint generated always as identity primary key,
  payment_id text collate "C" not null,
  sequence bigint not null,
  type text not null,
  payload json not null,
  created_at timestamptz not null,
  unique (payment_id, sequence)
);
create table bare_entries (
  id text collate "C" primary key,
  merchant_id text collate "C" not null references bare_merchants,
  payment_id text collate "C" not null,
  kind text not null,
  reference text collate "C" not null,
  created_at timestamptz not null,
  unique (merchant_id, kind, reference)
);
create table bare_postings (
  entry_id text collate "C" not null references bare_entries,
  ordinal smallint not null,
  debit_account_id text collate "C" not null,
  credit_account_id text collate "C" not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  primary key (entry_id, ordinal),
  foreign key (debit_account_id, currency) references bare_accounts (id, currency),
  foreign key (credit_account_id, currency) references bare_accounts (id, currency)
);
insert into bare_merchants values ('mer_1');
insert into bare_accounts values ('provider_balance', 'USD'), ('gross_revenue', 'USD');
`
