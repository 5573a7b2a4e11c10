-- A change of an applicant is said of their cases too: their row has no number, so that is asked of cases alone.
create or replace function cases.say() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_table_name = 'cases' and tg_op = 'INSERT' then
    if new.number = new.id::text then
      return null;
    end if;
  end if;
  insert into cases.said (case_id, said)
  select c.id, cases.said_of(c, a) from cases.cases c join cases.applicants a on a.id = c.applicant_id
  where case tg_table_name when 'cases' then c.id = new.id else c.applicant_id = new.id end
  on conflict (case_id) do update set said = excluded.said where said.said <> excluded.said;
  return null;
end $$;
