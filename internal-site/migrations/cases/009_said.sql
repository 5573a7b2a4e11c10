-- What is said of a case at a counter and by telephone, as a search compares it: in lower case, without apostrophes, a space before
-- each word and after the last. It is written with the case and with its applicant, in the same transaction, whichever release
-- writes them. Names of services and of colleagues change by themselves, so a search looks for those where they are kept.
create extension if not exists pg_trgm with schema public;

create table cases.said (
  case_id uuid primary key references cases.cases,
  said    text not null
);

create function cases.said_of(c cases.cases, a cases.applicants) returns text language sql stable set search_path = pg_catalog, pg_temp as $$
  select ' ' || translate(lower(concat_ws(' ', c.number, c.receipt_number, replace(c.receipt_number, '-', ''), a.surname, a.given_name, a.patronymic,
    a.entity, a.tax_number, a.edrpou, replace(a.passport, ' ', ''), a.unzr, replace(a.unzr, '-', ''), translate(a.phone, '+', ''), a.email, a.address)),
    '''’ʼ`', '') || ' '
$$;

insert into cases.said (case_id, said) select c.id, cases.said_of(c, a) from cases.cases c join cases.applicants a on a.id = c.applicant_id;

-- Folded, so that one index serves the search as it was typed and the one that takes ґ for г and ї for і. Its list of what is not
-- sorted in yet is kept short, since every search reads it.
create index said_words on cases.said using gin (translate(said, 'ґї', 'гі') public.gin_trgm_ops) with (gin_pending_list_limit = 256);

create function cases.say() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into cases.said (case_id, said)
  select c.id, cases.said_of(c, a) from cases.cases c join cases.applicants a on a.id = c.applicant_id
  where case tg_table_name when 'cases' then c.id = new.id else c.applicant_id = new.id end
  on conflict (case_id) do update set said = excluded.said where said.said <> excluded.said;
  return null;
end $$;
revoke all on function cases.say(), cases.said_of(cases.cases, cases.applicants) from public;
create trigger say after insert or update of number, receipt_number, applicant_id on cases.cases for each row execute function cases.say();
create trigger say after update on cases.applicants for each row execute function cases.say();

grant select on cases.said to internal_site;

-- Lists of open cases are read whole, lists of those that are over in the order in which they ended, of one place or of the region.
create index cases_open on cases.cases (state, centre_id, channel) where state in ('registered', 'in_progress', 'suspended', 'decided');
create index turns_present on cases.turns (place, case_id) where standing <> 'over';
create index turns_due on cases.turns (due_on, case_id) where standing in ('turn', 'issue');
create index turns_ended on cases.turns (place, since desc, case_id) where standing = 'over';
create index turns_ended_anywhere on cases.turns (since desc, case_id) where standing = 'over' and kind = 'centre';
