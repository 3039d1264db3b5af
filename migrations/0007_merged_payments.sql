-- breaking: no
-- Two payments can turn out to be one: an intent and a charge that older events told of apart, until one names both.
-- The older payment stays; the other points to it, keeps its last state and its history, and is no longer listed.
-- Time on a large table: adding the column changes the catalogue only; the index is partial and empty.

-- Up Migration

alter table payments add column merged_into_payment_id text collate "C" references payments;
alter table payments add constraint payments_merged_into_another check (merged_into_payment_id <> id);
create index payments_by_merged_into on payments (merged_into_payment_id) where merged_into_payment_id is not null;

-- Down Migration

alter table payments drop column merged_into_payment_id;
