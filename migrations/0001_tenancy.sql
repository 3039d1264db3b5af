-- breaking: no
-- The clock every statement reads, and who owns what: merchants, API keys, provider accounts.
-- Time on a large table: none, all tables are new.

-- Up Migration

-- Only tests write the offset; it lets them move time for every session at once.
create table clock_offset (
  singleton boolean primary key default true,
  seconds double precision not null default 0,
  constraint clock_offset_has_one_row check (singleton)
);
insert into clock_offset default values;

create function payonce_clock() returns timestamptz
language sql stable
as $$ select clock_timestamp() + make_interval(secs => (select seconds from clock_offset)) $$;

create table merchants (
  id text collate "C" primary key,
  name text not null,
  created_at timestamptz not null,
  constraint merchants_name_present check (length(name) between 1 and 255)
);

create table api_keys (
  id text collate "C" primary key,
  merchant_id text collate "C" not null references merchants,
  livemode boolean not null,
  prefix text not null,
  secret_digest bytea not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  constraint api_keys_prefix_once unique (prefix),
  constraint api_keys_secret_digest_is_sha256 check (octet_length(secret_digest) = 32)
);

create table provider_accounts (
  id text collate "C" primary key,
  merchant_id text collate "C" not null references merchants,
  provider text not null,
  -- null: the environment's account without a provider key takes the mode from each event
  livemode boolean,
  -- a connected account is a child of the account whose webhook endpoint tells of it
  parent_id text collate "C" references provider_accounts,
  external_account text,
  is_environment boolean not null default false,
  webhook_secrets text[] not null default '{}',
  created_at timestamptz not null,
  -- what every domain row points at: one check says that the account exists and whose it is
  constraint provider_accounts_with_merchant unique (id, merchant_id),
  constraint provider_accounts_provider_known check (provider in ('stripe', 'paypal', 'card_network')),
  constraint provider_accounts_child_names_its_account check (parent_id is null or external_account is not null),
  constraint provider_accounts_external_account_once unique nulls not distinct (parent_id, provider, external_account, livemode, merchant_id)
);
create unique index provider_accounts_one_environment_per_provider on provider_accounts (provider) where is_environment;

-- Down Migration

drop table provider_accounts;
drop table api_keys;
drop table merchants;
drop function payonce_clock();
drop table clock_offset;
