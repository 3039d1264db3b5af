-- breaking: no
-- One operation can have had several effects at the provider, where keys are ignored or forgotten. The first one known is
-- the payment; each other one is a row that says of which payment it is a duplicate, and how far it is undone.
-- Time on a large table: adding the columns changes the catalogue only. The checks and the two indexes, partial and empty as
-- they are, read all payments once each, and nothing is written to payments meanwhile.

-- Up Migration

alter table payments
  add column duplicate_of_payment_id text collate "C" references payments,
  -- due: to be canceled or refunded; left: a person decides
  add column duplicate_undo text,
  add constraint payments_duplicate_of_another check (duplicate_of_payment_id <> id),
  add constraint payments_duplicate_undo_known
    check (duplicate_undo in ('due', 'canceling', 'refunding', 'undone', 'left')),
  add constraint payments_duplicate_undo_of_duplicates
    check ((duplicate_of_payment_id is null) = (duplicate_undo is null));
create index payments_by_duplicate_of on payments (duplicate_of_payment_id) where duplicate_of_payment_id is not null;
create index payments_duplicates_due on payments (id) where duplicate_undo = 'due';

-- Down Migration

drop index payments_duplicates_due, payments_by_duplicate_of;
alter table payments drop column duplicate_of_payment_id, drop column duplicate_undo;
