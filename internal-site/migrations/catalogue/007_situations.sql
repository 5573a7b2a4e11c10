-- Staff keep life situations in pages: whether citizens see one, and what each step of its path is. A situation without rows here reads
-- by the steps of its services alone. What is hidden does not leave, its steps as little: they follow it by the foreign key.
alter table catalogue.life_situations
  add column published  boolean not null default true,
  add column version    integer not null default 1,
  add column updated_at timestamptz not null default now(),
  add column updated_by uuid;
create unique index life_situations_published on catalogue.life_situations (id, published);

create table catalogue.situation_steps (
  situation_id uuid not null references catalogue.life_situations on delete cascade,
  number       integer not null check (number between 1 and 99),  -- service_situations.step of its services
  heading      text not null check (heading <> '' and length(heading) <= 200),
  heading_en   text not null default '' check (length(heading_en) <= 200),
  body         text not null default '' check (length(body) <= 2000),
  body_en      text not null default '' check (length(body_en) <= 2000),
  optional     boolean not null default false,
  term_kind    text not null default '' check (term_kind in ('', 'within', 'not_before')),
  term_count   integer not null default 0 check (term_count between 0 and 999),
  term_unit    text not null default '' check (term_unit in ('', 'days', 'workdays', 'months', 'years')),
  term_law     text not null default '' check (length(term_law) <= 200),
  term_law_en  text not null default '' check (length(term_law_en) <= 200),
  elsewhere    uuid[] not null default '{}',      -- what others give at this step, as catalogue.elsewhere has it
  published    boolean not null default true,
  primary key (situation_id, number),
  foreign key (situation_id, published) references catalogue.life_situations (id, published) on update cascade on delete cascade,
  check ((term_kind = '') = (term_count = 0) and (term_kind = '') = (term_unit = ''))
);
create unique index situation_steps_published on catalogue.situation_steps (situation_id, number, published);
alter table catalogue.situation_steps replica identity using index situation_steps_published;
grant select, insert, update, delete on catalogue.situation_steps to internal_site;
