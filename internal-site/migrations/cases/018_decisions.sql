-- after: decisions/001 documents/003
-- The documents of decisions: which file of the case it is, its number, and by which template it was worded. The file itself is
-- withdrawn as results are, when the decision is corrected, withdrawn or taken back.
create table cases.decisions (
  file_id     uuid primary key references documents.files,
  case_id     uuid not null references cases.cases,
  position    integer not null check (position > 0),
  number      text not null unique,
  template_id uuid references decisions.templates,    -- null: the portal's own
  made_at     timestamptz not null,
  made_by     uuid not null references access.users,
  unique (case_id, position)
);

grant select, insert on cases.decisions to internal_site;
