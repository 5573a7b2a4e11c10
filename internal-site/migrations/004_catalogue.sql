-- The catalogue: services, their classification, and the immutable versions of cards and forms.

create schema catalogue;

create table catalogue.categories (
  id        uuid primary key,
  code      text not null unique,
  parent_id uuid references catalogue.categories,
  name      text not null,
  name_en   text not null default '',
  position  integer not null default 100,
  source    text not null default 'own',
  source_id text not null default ''
);
create unique index categories_source on catalogue.categories (source, source_id) where source <> 'own';

create table catalogue.life_situations (
  id             uuid primary key,
  code           text not null unique,
  name           text not null,
  name_en        text not null default '',
  description    text not null default '',
  description_en text not null default '',
  position       integer not null default 100,
  source         text not null default 'own',
  source_id      text not null default ''
);
create unique index life_situations_source on catalogue.life_situations (source, source_id) where source <> 'own';

create table catalogue.services (
  id              uuid primary key,
  code            text not null unique,              -- identifier of the service: 00034, or a local 01-01/01
  name            text not null,
  name_en         text not null default '',
  summary         text not null default '',
  summary_en      text not null default '',
  keywords        text not null default '',          -- other words people search by
  category_id     uuid references catalogue.categories,
  authority_id    uuid references org.authorities,   -- the authority that decides
  applicant_types text[] not null default '{person}'
                  check (applicant_types <@ '{person,entrepreneur,entity}' and applicant_types <> '{}'),
  quick           boolean not null default false,    -- «швидка послуга»: may be applied for online
  internal_notes  text not null default '',
  source          text not null default 'own',
  source_id       text not null default '',
  published       boolean not null default false,
  version         integer not null default 1,
  updated_at      timestamptz not null default now(),
  updated_by      uuid
);
create unique index services_source on catalogue.services (source, source_id) where source <> 'own';
create index services_category on catalogue.services (category_id);
create index services_authority on catalogue.services (authority_id);
create unique index services_published on catalogue.services (id, published);
alter table catalogue.services replica identity using index services_published;

create table catalogue.service_situations (
  service_id   uuid not null references catalogue.services on delete cascade,
  situation_id uuid not null references catalogue.life_situations on delete cascade,
  primary key (service_id, situation_id)
);

create table catalogue.service_centres (
  service_id uuid not null references catalogue.services on delete cascade,
  centre_id  uuid not null references org.centres on delete cascade,
  primary key (service_id, centre_id)
);

-- Information cards. What was approved never changes: a correction is a new version.
create table catalogue.cards (
  id             uuid primary key,
  service_id     uuid not null references catalogue.services,
  number         integer not null check (number > 0),
  state          text not null default 'draft' check (state in ('draft', 'approved', 'published', 'withdrawn')),
  effective_from date not null,
  content        jsonb not null,                     -- shared/contract.Card
  change_note    text not null default '',
  created_at     timestamptz not null default now(),
  created_by     uuid,
  approved_at    timestamptz,
  approved_by    uuid,
  published_at   timestamptz,
  published_by   uuid,
  published      boolean not null default false check (published = (state = 'published')),
  version        integer not null default 1,
  unique (service_id, number)
);
create unique index cards_one_draft on catalogue.cards (service_id) where state in ('draft', 'approved');
create unique index cards_published on catalogue.cards (id, published);
alter table catalogue.cards replica identity using index cards_published;

-- Technological cards: the stages of the work, in order; a case keeps the version it began with.
create table catalogue.tech_cards (
  id             uuid primary key,
  service_id     uuid not null references catalogue.services,
  number         integer not null check (number > 0),
  state          text not null default 'draft' check (state in ('draft', 'approved', 'published', 'withdrawn')),
  effective_from date not null,
  content        jsonb not null,                     -- shared/contract.TechCard
  created_at     timestamptz not null default now(),
  created_by     uuid,
  published_at   timestamptz,
  published      boolean not null default false check (published = (state = 'published')),
  version        integer not null default 1,
  unique (service_id, number)
);
create unique index tech_cards_one_draft on catalogue.tech_cards (service_id) where state in ('draft', 'approved');
create unique index tech_cards_published on catalogue.tech_cards (id, published);
alter table catalogue.tech_cards replica identity using index tech_cards_published;

-- Application forms as JSON Schema; a submission names the version it was filled in on.
create table catalogue.forms (
  id             uuid primary key,
  service_id     uuid not null references catalogue.services,
  number         integer not null check (number > 0),
  effective_from date not null,
  schema         jsonb not null,
  created_at     timestamptz not null default now(),
  created_by     uuid,
  published      boolean not null default false,
  unique (service_id, number)
);
create unique index forms_published on catalogue.forms (id, published);
alter table catalogue.forms replica identity using index forms_published;

-- A version that left draft keeps its content and its date for ever.
create function catalogue.keep_version() returns trigger language plpgsql as $$
begin
  if old.state <> 'draft' and (new.content, new.effective_from, new.service_id, new.number)
                            is distinct from (old.content, old.effective_from, old.service_id, old.number) then
    raise exception 'version % of % is %, its content can no longer change', old.number, tg_table_name, old.state
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger keep_version before update on catalogue.cards for each row execute function catalogue.keep_version();
create trigger keep_version before update on catalogue.tech_cards for each row execute function catalogue.keep_version();

grant usage on schema catalogue to internal_site, intake;
grant select, insert, update, delete on all tables in schema catalogue to internal_site;
grant select on all tables in schema catalogue to intake;
