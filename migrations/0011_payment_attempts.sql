-- breaking: no
-- What we ask of a provider: attempts, written before anything is sent, and the keys under which merchants ask.
-- Bounds stand on amounts we request, never on amounts a provider reports: a true event must always be storable.
-- Time on a large table: columns with a constant default and constraints that every row meets; a scan of payments.

-- Up Migration

alter table payments
  add column idempotency_key text,
  add column next_action jsonb,
  -- refunds we asked for and whose outcome is not known yet
  add column refund_requested_minor bigint not null default 0,
  add constraint payments_refund_requested_not_negative check (refund_requested_minor >= 0),
  add constraint payments_refund_requested_within_received check (refund_requested_minor <= received_minor);

alter table provider_accounts
  -- ignored: the provider does not honor idempotency keys there, so nothing is ever sent a second time
  add column idempotency text not null default 'honored',
  add constraint provider_accounts_idempotency_known check (idempotency in ('honored', 'ignored'));

create table payment_attempts (
  id text collate "C" primary key,
  merchant_id text collate "C" not null,
  livemode boolean not null,
  provider_account_id text collate "C" not null,
  payment_id text collate "C" not null references payments,
  -- SHA-256 of what the merchant asked for; what the provider's metadata carries
  operation_id text collate "C" not null,
  step text not null,
  number smallint not null,
  provider_key text collate "C" not null,
  -- canonical JSON, byte for byte what a repeat sends again
  request text not null,
  -- whether it asks for money to move from the customer
  confirms boolean not null,
  amount_minor bigint not null,
  currency char(3) not null,
  status text not null,
  -- newest fact of the payment known when this was sent, in seconds of the provider's clock
  known_at_seconds bigint not null,
  -- why the outcome is not known, or why it waits
  reason text,
  error jsonb,
  provider_reference text collate "C",
  lease_until timestamptz,
  fence bigint not null default 0,
  next_at timestamptz,
  check_count integer not null default 0,
  actor text not null,
  request_id text not null,
  correlation_id text collate "C" not null,
  trace_context text collate "C",
  created_at timestamptz not null,
  sent_at timestamptz,
  settled_at timestamptz,
  constraint payment_attempts_of_merchants_account foreign key (provider_account_id, merchant_id)
    references provider_accounts (id, merchant_id),
  constraint payment_attempts_step_known check (step in ('create', 'confirm', 'capture', 'cancel', 'refund')),
  constraint payment_attempts_status_known
    check (status in ('created', 'sent', 'succeeded', 'declined', 'failed', 'unknown')),
  constraint payment_attempts_number_positive check (number >= 1),
  constraint payment_attempts_amount_not_negative check (amount_minor >= 0),
  constraint payment_attempts_currency_upper_case check (currency = upper(currency)),
  constraint payment_attempts_once_per_operation_step unique (operation_id, step, number),
  constraint payment_attempts_provider_key_once unique (provider_account_id, provider_key),
  constraint payment_attempts_lease_while_sent check ((status = 'sent') = (lease_until is not null)),
  constraint payment_attempts_next_while_waiting check ((status in ('created', 'unknown')) = (next_at is not null)),
  constraint payment_attempts_settled_at_when_final
    check ((status in ('succeeded', 'declined', 'failed')) = (settled_at is not null))
) with (fillfactor = 75);
create index payment_attempts_by_payment on payment_attempts (payment_id);
create index payment_attempts_open_by_payment on payment_attempts (payment_id)
  where status in ('created', 'sent', 'unknown');
-- Only refunds may be under way beside each other: whatever else is asked of a payment waits for its outcome.
create unique index payment_attempts_one_open_per_payment on payment_attempts (payment_id)
  where status in ('created', 'sent', 'unknown') and step <> 'refund';
create index payment_attempts_due on payment_attempts (coalesce(lease_until, next_at))
  where status in ('created', 'sent', 'unknown');

create function refuse_illegal_attempt_transition() returns trigger
language plpgsql
as $$
begin
  if old.status in ('succeeded', 'declined', 'failed') or new.status = 'created' and old.status = 'unknown' then
    raise exception 'payment attempt %: % never becomes %', old.id, old.status, new.status
      using errcode = 'integrity_constraint_violation', constraint = 'payment_attempts_legal_transition';
  end if;
  if (old.operation_id, old.step, old.number, old.provider_key, old.request, old.amount_minor, old.currency)
    is distinct from (new.operation_id, new.step, new.number, new.provider_key, new.request, new.amount_minor, new.currency)
  then
    raise exception 'payment attempt %: what was asked for never changes', old.id
      using errcode = 'integrity_constraint_violation', constraint = 'payment_attempts_request_immutable';
  end if;
  return new;
end
$$;
create trigger payment_attempts_legal_transition before update on payment_attempts
  for each row execute function refuse_illegal_attempt_transition();

create table idempotency_keys (
  merchant_id text collate "C" not null references merchants,
  livemode boolean not null,
  key text collate "C" not null,
  fingerprint bytea not null,
  operation_id text collate "C" not null,
  payment_id text collate "C" not null,
  -- null until the outcome is known
  status smallint,
  content_type text,
  -- null before the outcome is known, and again once it was erased
  body bytea,
  created_at timestamptz not null,
  settled_at timestamptz,
  primary key (merchant_id, livemode, key),
  constraint idempotency_keys_key_length check (length(key) between 1 and 255),
  constraint idempotency_keys_fingerprint_is_sha256 check (octet_length(fingerprint) = 32),
  constraint idempotency_keys_status_when_settled
    check ((status is null) = (settled_at is null) and (status is not null or body is null))
) with (fillfactor = 75);
create index idempotency_keys_by_operation on idempotency_keys (operation_id);
create index idempotency_keys_to_erase on idempotency_keys (settled_at) where body is not null;

-- Down Migration

drop table idempotency_keys, payment_attempts;
drop function refuse_illegal_attempt_transition();
alter table provider_accounts drop constraint provider_accounts_idempotency_known, drop column idempotency;
alter table payments
  drop constraint payments_refund_requested_within_received,
  drop constraint payments_refund_requested_not_negative,
  drop column refund_requested_minor, drop column next_action, drop column idempotency_key;
