-- A list of what is late anywhere has each case once, by the party that has to act first; it asked of each turn whether another of its case
-- comes before, up to a thousand times on every page of whoever sees all places. A turn says so itself now.
alter table cases.turns add column behind boolean not null default false; -- another party of the case has to act as well, and sooner

-- behind_of says of each turn of some cases whether it stands behind another.
create function cases.behind_of(ids uuid[]) returns table (case_id uuid, place uuid, behind boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select v.case_id, v.place, v.standing in ('turn', 'issue') and exists (select from cases.turns e
    where e.case_id = v.case_id and e.standing in ('turn', 'issue') and (e.due_on, e.place) < (v.due_on, v.place))
  from cases.turns v where v.case_id = any (ids)
$$;

update cases.turns t set behind = o.behind from cases.behind_of((select array_agg(p.case_id) from
  (select v.case_id from cases.turns v where v.standing in ('turn', 'issue') group by v.case_id having count(*) > 1) p)) o
where t.case_id = o.case_id and t.place = o.place and o.behind;

-- Whatever writes turns, all of those of their cases are put in order again at the end of the statement.
create function cases.order_turns() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare ids uuid[] := (select array_agg(distinct c.case_id) from changed c);
begin
  if ids is not null then
    update cases.turns t set behind = o.behind from cases.behind_of(ids) o
    where t.case_id = o.case_id and t.place = o.place and t.behind <> o.behind;
  end if;
  return null;
end $$;
revoke all on function cases.behind_of, cases.order_turns() from public;
create trigger in_order_new after insert on cases.turns referencing new table as changed for each statement execute function cases.order_turns();
create trigger in_order_again after update on cases.turns referencing new table as changed for each statement execute function cases.order_turns();
create trigger in_order_gone after delete on cases.turns referencing old table as changed for each statement execute function cases.order_turns();

drop index cases.turns_due;
create index turns_due on cases.turns (due_on, case_id) include (place, behind) where standing in ('turn', 'issue');
