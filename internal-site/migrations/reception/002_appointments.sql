-- Appointments: how a hall offers them, the times that are offered, and who booked one.

-- So that a window is never booked twice for one moment, whatever becomes of its times.
create extension if not exists btree_gist with schema public;

alter table reception.halls
  add column ahead_days     integer not null default 0 check (ahead_days between 0 and 90),         -- for how many days times are offered; 0: none
  add column notice_minutes integer not null default 60 check (notice_minutes between 0 and 10080), -- before the time, until which it can be booked
  add column cancel_minutes integer not null default 30 check (cancel_minutes between 0 and 10080), -- before the time, until which it can be given back
  add column walk_in_share  integer not null default 20 check (walk_in_share between 0 and 90),     -- of 100 times of a window, kept for people without an appointment
  add column per_contact    integer not null default 3 check (per_contact between 1 and 10),        -- appointments to come that one contact may have
  add column published      boolean not null default true,
  add column slots_of       text;                                                                   -- what the times were made of; see Store.Follow
create unique index halls_published on reception.halls (centre_id, published);
alter table reception.halls replica identity using index halls_published;

-- Whether people can book a time for the group.
alter table reception.groups add column booked boolean not null default false;
create unique index groups_booked on reception.groups (id, booked);
alter table reception.groups replica identity using index groups_booked;

-- The group whose appointments a window receives; null: none.
alter table reception.windows add column appoints uuid references reception.groups;

-- Days on which a window, or with null the whole hall, receives nobody by appointment.
create table reception.absences (
  id        uuid primary key,
  centre_id uuid not null references reception.halls,
  window_id uuid references reception.windows,
  first_day date not null,
  last_day  date not null,
  reason    text not null default '',
  check (first_day <= last_day)
);
create index absences_centre on reception.absences (centre_id, last_day);

-- Times that are offered, made from hours, calendar, absences and windows. What is booked stands in bookings; a time is free when none
-- of them is in its way.
create table reception.slots (
  id        uuid primary key,
  centre_id uuid not null references reception.halls,
  window_id uuid not null references reception.windows,
  group_id  uuid not null references reception.groups,
  begins_at timestamptz not null,
  minutes   integer not null check (minutes between 1 and 240),
  free      boolean not null,
  unique (window_id, begins_at)
);
create index slots_centre on reception.slots (centre_id, group_id, begins_at);
create unique index slots_free on reception.slots (id, free);
alter table reception.slots replica identity using index slots_free;

create table reception.bookings (
  id             uuid primary key,
  number         text not null unique check (number ~ '^[0-9]{4}-[0-9]{4}$'),
  centre_id      uuid not null references reception.halls,
  window_id      uuid not null references reception.windows,
  group_id       uuid not null references reception.groups,
  service_id     uuid references catalogue.services,
  begins_at      timestamptz not null,
  minutes        integer not null check (minutes between 1 and 240),
  ends_at        timestamptz not null check (ends_at > begins_at),
  state          text not null default 'booked' check (state in ('booked', 'arrived', 'cancelled', 'refused')),
  why            text not null default '' check (why in ('', 'taken', 'gone', 'limit')), -- it was refused
  name           text not null,
  email          text not null default '',
  phone          text not null default '',
  language       text not null default 'uk' check (language in ('uk', 'en')),
  made_at        timestamptz not null,
  made_by        uuid references access.users,          -- null: online
  ended_at       timestamptz,                           -- when it was given back or refused
  ended_by       uuid references access.users,          -- null: by whoever booked
  ticket_id      uuid unique references reception.tickets,
  message_id     uuid unique,                           -- the submission it came from
  receipt_number text not null default '',
  code_hash      bytea,                                 -- of the secret code of whoever booked online
  tracked        boolean not null default false,        -- the person holds a code, so number, time and state may leave
  check ((state = 'arrived') = (ticket_id is not null)),
  check ((state in ('cancelled', 'refused')) = (ended_at is not null)),
  check ((state = 'refused') = (why <> '')),
  check (not tracked or message_id is not null and code_hash is not null),
  constraint bookings_once exclude using gist (window_id with =, tstzrange(begins_at, ends_at) with &&) where (state in ('booked', 'arrived'))
);
create index bookings_day on reception.bookings (centre_id, begins_at);
create index bookings_email on reception.bookings (lower(email), begins_at) where email <> '' and state = 'booked';
create index bookings_phone on reception.bookings (phone, begins_at) where phone <> '' and state = 'booked';
create unique index bookings_tracked on reception.bookings (id, tracked);
alter table reception.bookings replica identity using index bookings_tracked;

grant select, insert, delete on reception.absences to internal_site;
grant select, insert, update, delete on reception.slots to internal_site;
grant select, insert, update on reception.bookings to internal_site;
