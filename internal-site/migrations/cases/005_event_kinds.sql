-- The kinds of event are rows, so that a migration that brings an act adds its own kinds and need not repeat all others.
create table cases.event_kinds (kind text primary key);
insert into cases.event_kinds values ('registered'), ('assigned'), ('stage_started'), ('stage_finished'), ('suspended'), ('resumed'),
  ('extended'), ('message'), ('result_ready'), ('decided'), ('issued'), ('closed'), ('note'), ('handed_back'), ('reminded');
alter table cases.events
  drop constraint events_kind_check,
  add constraint events_kind foreign key (kind) references cases.event_kinds;
