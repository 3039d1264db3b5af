-- breaking: no
-- What is asked of a provider follows the table of transitions and the amounts there are, whatever our code believes. What
-- a provider tells is never refused by this: a true event must always be storable.
-- Time on a large table: none.

-- Up Migration

create function refuse_illegal_request() returns trigger
language plpgsql
as $$
declare
  payment record;
begin
  -- Whoever asks holds the payment's lock, so what is read here stands.
  select p.status, p.capturable_minor, p.received_minor, p.refunded_minor, p.refund_requested_minor into payment
  from payments p where p.id = new.payment_id;
  if (case new.step
    when 'confirm' then payment.status in ('requires_payment_method', 'requires_confirmation', 'requires_action')
    when 'capture' then payment.status = 'requires_capture' and new.amount_minor <= payment.capturable_minor
    when 'cancel' then payment.status not in ('processing', 'succeeded', 'canceled', 'failed')
    -- what is asked for now is among what is requested
    when 'refund' then payment.refunded_minor + payment.refund_requested_minor <= payment.received_minor
  end) is not true then
    raise exception 'payment %: no % of % while it is %', new.payment_id, new.step, new.amount_minor, payment.status
      using errcode = 'integrity_constraint_violation', constraint = 'payment_attempts_legal_request';
  end if;
  return null;
end
$$;
-- A creation has no payment before it; a request under its next key was checked when it was made.
create trigger payment_attempts_legal_request after insert on payment_attempts
  for each row when (new.step <> 'create' and new.number = 1) execute function refuse_illegal_request();

-- Down Migration

drop trigger payment_attempts_legal_request on payment_attempts;
drop function refuse_illegal_request();
