-- A case gets its number last in the transaction that registers it: the row of its centre's counter is locked from then on, and all
-- registrations of the centre wait for it. Until then its id stands in the number's place. Nobody may change a number that was given.
create function cases.give_number(case_id uuid, number text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update cases.cases c set number = give_number.number where c.id = give_number.case_id and c.number = give_number.case_id::text;
  if not found then
    raise exception 'case % has a number, or there is none', give_number.case_id using errcode = 'check_violation';
  end if;
end $$;

revoke all on function cases.give_number from public;
grant execute on function cases.give_number to internal_site, intake;
