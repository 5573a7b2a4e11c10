-- What everybody may know of a hall: counts and times in minutes, no person and no ticket.

-- The queue of the day, written by every act that changes it.
create table reception.loads (
  centre_id      uuid primary key references reception.halls,
  day            date not null,                             -- of all that follows
  waiting        integer not null check (waiting >= 0),
  windows        integer not null check (windows >= 0),     -- with a clerk
  longest        timestamptz,                               -- since when, to the minute, whoever waits longest without an appointment; null: nobody does
  half_wait      integer check (half_wait >= 0),            -- minutes, in which half of those were called who were called in the hour before at; null: too few were
  closed         boolean not null,                          -- no tickets are given
  closed_word    text not null,
  closed_word_en text not null,
  at             timestamptz not null                       -- when any of this changed last
);

-- How it usually is in an hour of a weekday, by the weeks before.
create table reception.usual (
  centre_id uuid not null references reception.halls,
  weekday   integer not null check (weekday between 1 and 7), -- Monday is 1
  hour      integer not null check (hour between 0 and 23),   -- in Kyiv
  people    integer not null check (people > 0),              -- without an appointment, who come in that hour
  half_wait integer not null check (half_wait >= 0),          -- minutes, in which half of them are called
  primary key (centre_id, weekday, hour)
);

grant select, insert, update on reception.loads to internal_site;
grant select, insert, update, delete on reception.usual to internal_site;
