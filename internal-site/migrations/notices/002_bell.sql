-- after: cases/004
-- What staff see under the bell. What came to them is read from whose turn it is; here stands only what that does not say:
-- whose cases went to somebody else, and what was looked at already.
create table notices.taken (
  user_id uuid not null references access.users on delete cascade,
  case_id uuid not null references cases.cases,
  at      timestamptz not null,
  primary key (user_id, case_id)
);

create table notices.seen (
  user_id uuid not null references access.users on delete cascade,
  subject text not null,                              -- kind and case of one line; '' is everything
  at      timestamptz not null,
  primary key (user_id, subject)
);

-- The bell stands on every page: what came to a place since a moment is found without reading the rest.
create index turns_news on cases.turns (place, since) where standing in ('turn', 'issue');

grant select, insert, update on notices.taken to internal_site;
grant select, insert, update, delete on notices.seen to internal_site;
