-- Somebody who came for several matters may be served by one window after another while nobody who can do all of them is there. Decision 0071.
alter table reception.tickets
  add column earlier integer not null default 0 check (earlier between 0 and 4); -- matters that other windows have done for the person before
