-- Questions and answers that staff have published for everybody, in words of their own: nothing here names who asked. Which thread
-- they were made of stays inside.
create table questions.published (
  id           uuid primary key,
  thread_id    uuid not null unique references questions.threads,
  centre_id    uuid references org.centres,         -- whose answer it is
  authority_id uuid references org.authorities,
  service_id   uuid references catalogue.services,
  question     text not null check (length(question) between 1 and 1000),
  question_en  text not null default '' check (length(question_en) <= 1000),
  answer       text not null check (length(answer) between 1 and 8000),
  answer_en    text not null default '' check (length(answer_en) <= 8000),
  published    boolean not null default true,
  published_at timestamptz not null default now(),
  version      integer not null default 1,
  check ((centre_id is null) <> (authority_id is null))
);
create unique index published_shown on questions.published (id, published);
alter table questions.published replica identity using index published_shown;
grant select, insert, update on questions.published to internal_site;
