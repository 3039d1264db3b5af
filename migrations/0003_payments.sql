-- breaking: no
-- Payments and what belongs to them: refunds, disputes, payouts, the provider objects they are known by,
-- and their history, which nobody can change.
-- Bounds stand on amounts we request, never on amounts a provider reports: a true event must always be storable.
-- Time on a large table: none, all tables are new.

-- Up Migration

create table payments (
  id text collate "C" primary key,
  merchant_id text collate "C" not null,
  livemode boolean not null,
  provider_account_id text collate "C" not null,
  provider text not null,
  origin text not null,
  user_id text,
  reference text,
  provider_reference text collate "C",
  amount_minor bigint not null,
  currency char(3) not null,
  status text not null,
  capture_method text not null default 'automatic',
  capturable_minor bigint not null default 0,
  received_minor bigint not null default 0,
  refunded_minor bigint not null default 0,
  disputed_minor bigint not null default 0,
  description text,
  metadata jsonb not null default '{}',
  last_error jsonb,
  correlation_id text collate "C" not null,
  -- number of the payment's newest outbox event
  sequence bigint not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  succeeded_at timestamptz,
  canceled_at timestamptz,
  constraint payments_of_merchants_account foreign key (provider_account_id, merchant_id)
    references provider_accounts (id, merchant_id),
  constraint payments_origin_known check (origin in ('api', 'provider')),
  constraint payments_status_known check (status in ('requires_payment_method', 'requires_confirmation', 'requires_action',
    'processing', 'requires_capture', 'succeeded', 'canceled', 'failed')),
  constraint payments_capture_method_known check (capture_method in ('automatic', 'manual')),
  constraint payments_amounts_not_negative check (amount_minor >= 0 and capturable_minor >= 0 and received_minor >= 0
    and refunded_minor >= 0 and disputed_minor >= 0),
  constraint payments_currency_upper_case check (currency = upper(currency)),
  constraint payments_succeeded_at_when_succeeded check ((status = 'succeeded') = (succeeded_at is not null)),
  constraint payments_canceled_at_when_canceled check ((status = 'canceled') = (canceled_at is not null)),
  constraint payments_user_id_length check (length(user_id) between 1 and 255)
) with (fillfactor = 75);
create unique index payments_reference_once_per_merchant on payments (merchant_id, livemode, reference) where reference is not null;
create index payments_by_merchant on payments (merchant_id, livemode, id);
create index payments_by_user on payments (merchant_id, livemode, user_id, id) where user_id is not null;
create index payments_by_status on payments (merchant_id, livemode, status, id);

create table provider_objects (
  provider_account_id text collate "C" not null,
  kind text not null,
  reference text collate "C" not null,
  merchant_id text collate "C" not null,
  livemode boolean not null,
  -- null while only children have named it: the row is then what children park under and workers lock
  subject_id text collate "C",
  facts jsonb not null default '{}',
  primary key (provider_account_id, kind, reference),
  constraint provider_objects_of_merchants_account foreign key (provider_account_id, merchant_id)
    references provider_accounts (id, merchant_id),
  constraint provider_objects_kind_known check (kind in
    ('operation', 'intent', 'charge', 'refund', 'dispute', 'payout', 'checkout_session'))
) with (fillfactor = 75);
create index provider_objects_by_subject on provider_objects (subject_id) where subject_id is not null;

create table refunds (
  id text collate "C" primary key,
  merchant_id text collate "C" not null,
  livemode boolean not null,
  provider_account_id text collate "C" not null,
  payment_id text collate "C" not null references payments,
  -- itemised: the provider's refund object; unitemised: the part of a charge's refunded amount no object explains
  kind text not null,
  provider_reference text collate "C" not null,
  amount_minor bigint not null,
  currency char(3) not null,
  status text not null,
  reason text,
  failure_reason text,
  effective_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint refunds_of_merchants_account foreign key (provider_account_id, merchant_id)
    references provider_accounts (id, merchant_id),
  constraint refunds_kind_known check (kind in ('itemised', 'unitemised')),
  constraint refunds_amount_not_negative check (amount_minor >= 0),
  constraint refunds_status_known check (status in ('pending', 'requires_action', 'succeeded', 'failed', 'canceled')),
  constraint refunds_provider_reference_once unique (provider_account_id, kind, provider_reference)
);
create index refunds_by_payment on refunds (payment_id);
create index refunds_by_merchant on refunds (merchant_id, livemode, id);

create table disputes (
  id text collate "C" primary key,
  merchant_id text collate "C" not null,
  livemode boolean not null,
  provider_account_id text collate "C" not null,
  payment_id text collate "C" not null references payments,
  provider_reference text collate "C" not null,
  amount_minor bigint not null,
  currency char(3) not null,
  status text not null,
  reason text,
  evidence_due_at timestamptz,
  effective_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint disputes_of_merchants_account foreign key (provider_account_id, merchant_id)
    references provider_accounts (id, merchant_id),
  constraint disputes_amount_not_negative check (amount_minor >= 0),
  constraint disputes_provider_reference_once unique (provider_account_id, provider_reference)
);
create index disputes_by_payment on disputes (payment_id);
create index disputes_by_merchant on disputes (merchant_id, livemode, id);

create table payouts (
  id text collate "C" primary key,
  merchant_id text collate "C" not null,
  livemode boolean not null,
  provider_account_id text collate "C" not null,
  provider_reference text collate "C" not null,
  amount_minor bigint not null,
  currency char(3) not null,
  status text not null,
  arrival_on date,
  failure_reason text,
  effective_at timestamptz not null,
  correlation_id text collate "C" not null,
  sequence bigint not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint payouts_of_merchants_account foreign key (provider_account_id, merchant_id)
    references provider_accounts (id, merchant_id),
  constraint payouts_status_known check (status in ('pending', 'in_transit', 'paid', 'failed', 'canceled')),
  constraint payouts_provider_reference_once unique (provider_account_id, provider_reference)
);
create index payouts_by_merchant on payouts (merchant_id, livemode, id);

create table payment_events (
  id bigint generated always as identity,
  merchant_id text collate "C" not null,
  livemode boolean not null,
  -- the payment or the payout that changed
  subject_id text collate "C" not null,
  kind text not null,
  before json,
  after json,
  actor text not null,
  correlation_id text collate "C" not null,
  inbox_event_id text collate "C",
  created_at timestamptz not null,
  primary key (subject_id, id)
);

create function refuse_change() returns trigger
language plpgsql
as $$
begin
  raise exception '% rows never change: % is refused', tg_table_name, lower(tg_op)
    using errcode = 'integrity_constraint_violation', constraint = tg_name;
end
$$;
create trigger payment_events_are_immutable before update or delete or truncate on payment_events
  for each statement execute function refuse_change();
revoke update, delete, truncate on payment_events from public, current_user;

-- Down Migration

drop table payment_events, payouts, disputes, refunds, provider_objects, payments;
drop function refuse_change();
