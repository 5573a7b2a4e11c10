-- Days off and moved working days are edited in a page: their names in both languages, and a version, so that two people
-- who change the same day do not overwrite each other.
alter table org.calendar_days
  add column name_en text    not null default '',
  add column version integer not null default 1;
