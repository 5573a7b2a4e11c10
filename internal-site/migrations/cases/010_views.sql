-- Views of the work list that people have saved: a filter with a name, for themselves or for everybody who works in their place.
create table cases.views (
  id       uuid primary key,
  owner    uuid references access.users on delete cascade,
  place    uuid,                                      -- a centre or an authority
  name     text not null check (name <> '' and length(name) <= 60),
  query    text not null check (length(query) <= 500), -- of the address of the list
  saved_by uuid references access.users on delete set null,
  saved_at timestamptz not null default now(),
  version  integer not null default 1,
  check ((owner is null) <> (place is null))
);
create index views_owner on cases.views (owner) where owner is not null;
create index views_place on cases.views (place) where place is not null;
create index views_saved_by on cases.views (saved_by);

grant select, insert, update, delete on cases.views to internal_site;
