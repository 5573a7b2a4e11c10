-- Which document the number in passport is of, and whether the applicant says that there is no РНОКПП (or a mark in the
-- passport that it was refused); and who acts for the applicant, and by what. Applications of a release before have none.
alter table cases.applicants
  add column document                  text    not null default '' check (document in ('', 'foreign_passport', 'residence_permit')),
  add column no_tax_number             boolean not null default false,
  add column representative_surname    text    not null default '',
  add column representative_given_name text    not null default '',
  add column representative_patronymic text    not null default '',
  add column representative_basis      text    not null default '' check (representative_basis in ('', 'law', 'attorney')),
  add column representative_document   text    not null default '';
