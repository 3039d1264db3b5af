-- breaking: no
-- Two indexes of attempts that answered nothing others do not: every payment writes each of them twice.
-- Time on a large table: a scan of payment_attempts, for the check.

-- Up Migration

-- The few attempts of one payment are found by payment_attempts_by_payment.
drop index payment_attempts_open_by_payment;
-- Unique because what it is made of is: payment_attempts_once_per_operation_step.
alter table payment_attempts
  add constraint payment_attempts_provider_key_derived check (provider_key = operation_id || '-' || step || '-' || number),
  drop constraint payment_attempts_provider_key_once;

-- Down Migration

alter table payment_attempts
  drop constraint payment_attempts_provider_key_derived,
  add constraint payment_attempts_provider_key_once unique (provider_account_id, provider_key);
create index payment_attempts_open_by_payment on payment_attempts (payment_id)
  where status in ('created', 'sent', 'unknown');
