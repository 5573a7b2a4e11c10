-- Acts that are followed in the register of the Verkhovna Rada: what it said last, and when it is asked again.
create table law.followed (
  act_id     uuid primary key references law.acts,
  register   text not null check (register <> '' and length(register) <= 40), -- number there: «5203-17»
  next_at    timestamptz not null,            -- from which it is to be asked
  pressed    boolean not null default false,  -- somebody waits for it: it goes first
  etag       text not null default '' check (length(etag) <= 200),
  modified   text not null default '' check (length(modified) <= 200),
  card       jsonb,                           -- what it said last, so that it need not say it again; null: nothing yet
  checked_at timestamptz,                     -- when all was well last
  failed_at  timestamptz,                     -- when it was not, last; null: all is well
  problem    text not null default '',        -- key of what was wrong
  problem_of jsonb not null default '[]',     -- values of its message
  check ((failed_at is null) = (problem = ''))
);
create unique index followed_register on law.followed (register);
create index followed_next on law.followed (pressed desc, next_at);
grant select, insert, update, delete on law.followed to internal_site;

-- The register is asked by one process at a time and slowly, also when that process is another a moment later.
create table law.register_rest (
  one      boolean primary key default true check (one),
  until_at timestamptz not null -- before which it is left alone
);
insert into law.register_rest (until_at) values ('-infinity');
grant select, update on law.register_rest to internal_site;

-- Where the text of an edition comes from: '' staff, rada the open data.
alter table law.editions add column origin text not null default '' check (origin in ('', 'rada'));
