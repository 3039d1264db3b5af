-- Run once by the postgres image, on an empty volume. Payonce works as an ordinary role that owns its database: a
-- superuser would pass by the grants that keep history and postings from being changed.
\getenv password PAYONCE_DATABASE_PASSWORD
create role payonce login password :'password';
alter database payments_db owner to payonce;
