-- A new edition of an act has somebody look at every card that rests on it.
create table law.reviews (
  edition_id uuid not null references law.editions,
  service_id uuid not null references catalogue.services,
  opened_at  timestamptz not null default now(),
  done_at    timestamptz,
  outcome    text check (outcome in ('same', 'changed')), -- of the card
  note       text not null default '' check (length(note) <= 1000),
  primary key (edition_id, service_id),
  check ((done_at is null) = (outcome is null))
);
create index reviews_open on law.reviews (service_id) where done_at is null;
grant select, insert, update on law.reviews to internal_site;
