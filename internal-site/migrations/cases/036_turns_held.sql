-- after: notices/009
-- A turn says since when whoever works on the case has it and who gave it to them, so that the bell reads what came to somebody from one
-- index, without the assignment of each of their cases. It follows the assignments by triggers, as it follows the case (032).
alter table cases.turns
  add column held_since timestamptz,                  -- of the assignment within the party; null: nobody has it
  add column held_by    uuid;                         -- who assigned it; null: not known

-- They are made anew below; without them the update has less to write.
drop index cases.turns_news_of_place, cases.turns_news_of_person, cases.turns_case_due, cases.turns_due, cases.turns_open;

update cases.turns t set held_since = a.since, held_by = a.assigned_by
from cases.assignments a where a.case_id = t.case_id and a.place = t.place and t.standing <> 'over';

create or replace function cases.turn_of_case() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select c.state, c.channel, c.service_id, c.due_on into new.state, new.channel, new.service_id, new.case_due from cases.cases c where c.id = new.case_id;
  select a.since, a.assigned_by into new.held_since, new.held_by from cases.assignments a where a.case_id = new.case_id and a.place = new.place;
  return new;
end $$;
-- What was over when this was installed does not say it yet.
create trigger of_case_again before update on cases.turns for each row
  when (old.standing = 'over' and new.standing <> 'over') execute function cases.turn_of_case();

create function cases.turn_of_assignment() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    update cases.turns t set held_since = null, held_by = null where t.case_id = old.case_id and t.place = old.place;
  else
    update cases.turns t set held_since = new.since, held_by = new.assigned_by where t.case_id = new.case_id and t.place = new.place;
  end if;
  return null;
end $$;
create trigger turns after insert or delete or update of since, assigned_by on cases.assignments for each row execute function cases.turn_of_assignment();
revoke all on function cases.turn_of_assignment() from public;

-- What the bell shows is in its indexes: what came to a place, what came back to whoever has it, what a colleague gave them, and what an
-- alarm rings for by the day.
create index turns_news_of_place on cases.turns (place, since) include (case_id, due_on) where standing in ('turn', 'issue') and person is null;
create index turns_news_of_person on cases.turns (person, since) include (case_id, due_on) where standing in ('turn', 'issue') and since > held_since;
create index turns_given on cases.turns (person, held_since) include (case_id, due_on, standing, since)
  where standing in ('turn', 'issue', 'others', 'applicant', 'ahead') and held_by is distinct from person;
create index turns_case_due on cases.turns (person, case_due) include (case_id, place, state) where standing = 'others' and kind = 'centre';
create index turns_due on cases.turns (due_on, case_id) include (place) where standing in ('turn', 'issue');
create index turns_open on cases.turns (place, due_on, case_id) include (standing) where standing <> 'over';

-- Decisions that wait for their signatory are few among all that an authority works on.
create index cases_proposed on cases.cases (authority_id, id) where state = 'in_progress' and proposal is not null and proposal->>'returned_at' is null;
