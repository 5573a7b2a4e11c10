-- Who of the staff has looked at a result or saved it: whoever takes one back has to know where it went. One row for each person, file
-- and way, so that it grows with people and not with clicks.
create table documents.openings (
  file_id  uuid not null references documents.files on delete cascade,
  user_id  uuid not null references access.users,
  saved    boolean not null,                      -- false: looked at in the browser
  first_at timestamptz not null,
  last_at  timestamptz not null,
  times    integer not null default 1 check (times > 0),
  primary key (file_id, user_id, saved)
);

grant select, insert, update on documents.openings to internal_site;
