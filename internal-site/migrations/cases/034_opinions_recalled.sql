-- Whoever asked for an opinion says that it is needed no more. The event has who, when and why.
insert into cases.event_kinds values ('opinion_recalled') on conflict do nothing;
alter table cases.opinions_asked add column recalled_at timestamptz;
grant update (recalled_at) on cases.opinions_asked to internal_site;
