-- A number is drawn and given in one statement, so that the row of the counter is held for a moment less: all registrations of a centre
-- wait for it. The pattern comes in parts, between which the number stands, with the zeros that each place wants.
create function cases.spelled(parts text[], widths integer[], n integer) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select string_agg(p.part || case when w.width is null then '' else lpad(n::text, greatest(w.width, length(n::text)), '0') end, '' order by p.place)
  from unnest(parts) with ordinality p (part, place) left join unnest(widths) with ordinality w (width, place) using (place)
$$;

-- The rest of the transaction reads the number from the setting portal.case_number, without asking for it first.
create function cases.draw_number(case_id uuid, centre_id uuid, year integer, parts text[], widths integer[]) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare drawn text;
begin
  insert into cases.counters as k (centre_id, year, last) values (draw_number.centre_id, draw_number.year, 1)
  on conflict on constraint counters_pkey do update set last = k.last + 1
  returning cases.spelled(parts, widths, k.last) into drawn;
  perform cases.give_number(case_id, drawn);
  return set_config('portal.case_number', drawn, true);
end $$;

revoke all on function cases.spelled, cases.draw_number from public;
grant execute on function cases.draw_number to internal_site, intake;
