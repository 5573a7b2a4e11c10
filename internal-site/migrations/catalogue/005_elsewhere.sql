-- Staff edit what others give in pages: where it is to be had and how, whether citizens see it, and when somebody has looked last
-- whether it is still true.
alter table catalogue.elsewhere
  add column phone      text not null default '' check (length(phone) <= 50),
  add column address    text not null default '' check (length(address) <= 500),
  add column address_en text not null default '' check (length(address_en) <= 500),
  add column how        text not null default '' check (length(how) <= 2000),
  add column how_en     text not null default '' check (length(how_en) <= 2000),
  add column checked_on date,                       -- null: nobody has looked since it was imported
  add column review_on  date,                       -- null: at once
  add column published  boolean not null default true,
  add column version    integer not null default 1,
  add column updated_by uuid;
create unique index elsewhere_published on catalogue.elsewhere (id, published);
alter table catalogue.elsewhere replica identity using index elsewhere_published;
