-- Second factors that somebody else took off an account: their owner reads who did it and why.
create table access.factors_taken (
  id       uuid primary key,                           -- the factor's
  user_id  uuid not null references access.users on delete cascade,
  name     text not null,                              -- as its owner called it
  taken_at timestamptz not null,
  taken_by text not null,                              -- their name then
  reason   text not null check (reason <> '')
);
create index factors_taken_user on access.factors_taken (user_id, taken_at);
grant select, insert on access.factors_taken to internal_site;
