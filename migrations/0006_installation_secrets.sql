-- breaking: no
-- Secrets that every process of this installation knows and nobody types: made by the first process that needs one.
-- They belong to the installation as a whole, so no merchant and no mode is named.
-- Time on a large table: none, the table is new.

-- Up Migration

create table installation_secrets (
  purpose text collate "C" primary key,
  secret bytea not null,
  created_at timestamptz not null,
  constraint installation_secrets_are_256_bits check (octet_length(secret) = 32)
);
revoke update, truncate on installation_secrets from public, current_user;

-- Down Migration

drop table installation_secrets;
