-- What is said of a case is written when it has its number, and not before as well: a registration entered it into the index of words
-- twice, the first time with an identifier that nobody says.
create or replace function cases.say() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_table_name = 'cases' and tg_op = 'INSERT' and new.number = new.id::text then
    return null;
  end if;
  insert into cases.said (case_id, said)
  select c.id, cases.said_of(c, a) from cases.cases c join cases.applicants a on a.id = c.applicant_id
  where case tg_table_name when 'cases' then c.id = new.id else c.applicant_id = new.id end
  on conflict (case_id) do update set said = excluded.said where said.said <> excluded.said;
  return null;
end $$;
