-- How somebody wants the site to look and where they begin, kept with their account: it follows them to every computer.
alter table access.users
  add column density    text not null default 'normal' check (density in ('normal', 'compact')),
  add column large_type boolean not null default false,
  add column first_page text not null default '' check (length(first_page) <= 200); -- a path; '': the first page of the site
