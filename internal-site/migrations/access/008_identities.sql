-- Whom an OpenID Connect provider knows as whom of the portal's people.
create table access.identities (
  issuer       text not null,
  subject      text not null check (length(subject) between 1 and 255), -- the provider's name of the person, which never changes
  user_id      uuid not null references access.users on delete cascade,
  linked_at    timestamptz not null default now(),
  last_used_at timestamptz,
  primary key (issuer, subject),
  unique (user_id, issuer)
);
grant select, insert, update, delete on access.identities to internal_site;
-- How a session began: at the provider, and whether the provider's own second factor stands for the portal's.
alter table access.sessions
  add column by_provider     boolean not null default false,
  add column provider_factor boolean not null default false;
