-- How long whoever takes a ticket of a group now is expected to wait, as the kiosk says it: it is reckoned anew while clerks sit in the hall. Decision 0064.
create table reception.waits (
  group_id  uuid primary key references reception.groups,
  centre_id uuid not null references reception.halls,
  name      text not null,                        -- of the group, as on the kiosk
  name_en   text not null,
  half      integer check (half > 0),             -- minutes, in which half of them are called; null: more than is looked ahead
  most      integer check (most > 0),             -- nine of ten; null: the same
  at        timestamptz not null                  -- when it was reckoned last
);

grant select, insert, update, delete on reception.waits to internal_site;
