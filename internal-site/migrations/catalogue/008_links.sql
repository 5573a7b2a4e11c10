-- A service's place on a path, with its note, is hidden with the service or the life situation: it follows both by foreign keys and
-- leaves when citizens see both.
alter table catalogue.service_situations
  add column service_published   boolean not null default true,
  add column situation_published boolean not null default true;
update catalogue.service_situations x set service_published = s.published, situation_published = l.published
  from catalogue.services s, catalogue.life_situations l
  where s.id = x.service_id and l.id = x.situation_id and not (s.published and l.published);
alter table catalogue.service_situations
  drop constraint service_situations_service_id_fkey,
  drop constraint service_situations_situation_id_fkey,
  add constraint service_situations_service_id_fkey foreign key (service_id, service_published)
    references catalogue.services (id, published) on update cascade on delete cascade,
  add constraint service_situations_situation_id_fkey foreign key (situation_id, situation_published)
    references catalogue.life_situations (id, published) on update cascade on delete cascade;
create unique index service_situations_published
  on catalogue.service_situations (service_id, situation_id, service_published, situation_published);

-- Once staff have put life situations in an order, an import leaves it.
alter table catalogue.life_situations add column placed boolean not null default false;
