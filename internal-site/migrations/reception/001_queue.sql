-- The hall of a centre: what people come for, windows, and the queue of each day. Tickets carry no names. Decision 0053.

create schema reception;

create table reception.halls (
  centre_id uuid primary key references org.centres,
  in_row    integer not null default 3 check (in_row between 1 and 20), -- who go before others, one after another
  version   integer not null default 1
);

create table reception.groups (
  id        uuid primary key,
  centre_id uuid not null references reception.halls,
  letter    text not null check (char_length(letter) = 1),
  name      text not null check (name <> ''),
  name_en   text not null default '',
  minutes   integer not null check (minutes between 1 and 240),
  services  uuid[] not null default '{}',
  retired   boolean not null default false
);
create unique index groups_letter on reception.groups (centre_id, letter) where not retired;

create table reception.windows (
  id        uuid primary key,
  centre_id uuid not null references reception.halls,
  number    integer not null check (number between 1 and 999),
  groups    uuid[] not null default '{}',
  retired   boolean not null default false
);
create unique index windows_number on reception.windows (centre_id, number) where not retired;

-- Reasons to be called before others, in the words of the law or of the centre.
create table reception.priorities (
  id        uuid primary key,
  centre_id uuid not null references reception.halls,
  name      text not null check (name <> ''),
  name_en   text not null default '',
  retired   boolean not null default false
);
create index priorities_centre on reception.priorities (centre_id);

-- A hall on one date in Kyiv. Every act locks this row first.
create table reception.days (
  centre_id      uuid not null references reception.halls,
  day            date not null,
  closed_at      timestamptz,                         -- since when no tickets are given
  closed_word    text not null default '',
  closed_word_en text not null default '',
  in_row_now     integer not null default 0,          -- who went before others and were called one after another until now
  version        integer not null default 0,          -- counts every act
  primary key (centre_id, day),
  check (closed_at is null or closed_word <> '')
);

create table reception.tickets (
  id          uuid primary key,
  centre_id   uuid not null,
  day         date not null,
  press       uuid not null unique,                   -- one press of the kiosk makes one ticket
  letter      text not null,
  number      integer not null check (number between 1 and 999),
  group_id    uuid not null references reception.groups,
  service_id  uuid references catalogue.services,
  priority_id uuid references reception.priorities,
  booked_for  timestamptz,
  stands_at   timestamptz not null,                   -- since when the person stands in the order; never changed
  for_window  uuid references reception.windows,      -- only this one may call
  state       text not null default 'waiting' check (state in ('waiting', 'called', 'serving', 'parked', 'missed', 'done', 'left')),
  since       timestamptz not null,
  window_id   uuid references reception.windows,
  calls       integer not null default 0,
  issued_at   timestamptz not null,
  waiting     interval not null default '0',          -- time spent until since, by what on
  walking     interval not null default '0',
  serving     interval not null default '0',
  aside       interval not null default '0',
  foreign key (centre_id, day) references reception.days,
  unique (centre_id, day, letter, number),
  check (state not in ('called', 'serving') or window_id is not null)
);
create unique index tickets_window on reception.tickets (day, window_id) where state in ('called', 'serving');
create index tickets_group on reception.tickets (group_id);

-- Who sits at which window: one person at a window, and one window for a person.
create table reception.seats (
  centre_id uuid not null,
  day       date not null,
  window_id uuid not null references reception.windows,
  user_id   uuid not null references access.users,
  since     timestamptz not null,
  foreign key (centre_id, day) references reception.days,
  primary key (day, window_id),
  unique (day, user_id)
);

-- What was done with tickets, by whom and where: it is added to and never changed.
create table reception.events (
  id        bigint generated always as identity primary key,
  ticket_id uuid not null references reception.tickets,
  at        timestamptz not null,
  act       text not null,
  window_id uuid references reception.windows,
  user_id   uuid references access.users
);
create index events_ticket on reception.events (ticket_id, id);

grant usage on schema reception to internal_site;
grant select, insert, update on reception.halls, reception.groups, reception.windows, reception.priorities, reception.days, reception.tickets to internal_site;
grant select, insert, delete on reception.seats to internal_site;
grant select, insert on reception.events to internal_site;
