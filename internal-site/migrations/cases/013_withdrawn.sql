-- A decision that was withdrawn or corrected before its result was handed over, a result that was withdrawn, a case that came back
-- from the archive; a refusal on a ground that the card does not name; and to whom a result was handed over, by which document.
insert into cases.event_kinds values ('decision_withdrawn'), ('decision_corrected'), ('result_withdrawn'), ('unarchived');

-- A refusal on another ground than those of the card has the ground 'other' and its words here, so that such refusals can be counted.
alter table cases.cases add column other_ground text not null default '';
create index cases_other_ground on cases.cases (decided_at) where other_ground <> '';

-- Kept inside: nothing of it leaves.
create table cases.handovers (
  case_id   uuid primary key references cases.cases,
  recipient text not null check (recipient in ('applicant', 'representative')),
  name      text not null default '',                 -- of the representative
  basis     text not null default '',                 -- the paper that says so
  document  text not null check (document in ('passport', 'foreign_passport', 'residence_permit', 'other')),
  number    text not null,
  at        timestamptz not null,
  person    uuid not null references access.users     -- who handed it over
);
grant select, insert on cases.handovers to internal_site;
