-- A turn says of its case what lists are narrowed by, and until when the whole case has to be done, so that a list and the bell read
-- one index and no case. It follows the case by triggers, whichever release writes either of them.
alter table cases.turns
  add column state      text,                         -- of the case, as are the others
  add column channel    text,
  add column service_id uuid,
  add column case_due   date;

-- Filled without its indexes, which are made again afterwards: a region has millions of turns.
do $$
declare made text[]; dropped text; one text;
begin
  select array_agg(pg_get_indexdef(indexrelid)), string_agg(indexrelid::regclass::text, ', ') into made, dropped
  from pg_index where indrelid = 'cases.turns'::regclass and not indisprimary;
  execute 'drop index ' || dropped;
  update cases.turns t set state = c.state, channel = c.channel, service_id = c.service_id, case_due = c.due_on from cases.cases c where c.id = t.case_id;
  foreach one in array made loop
    execute one;
  end loop;
end $$;

alter table cases.turns alter column state set not null, alter column channel set not null, alter column service_id set not null, alter column case_due set not null;

create function cases.turn_of_case() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select c.state, c.channel, c.service_id, c.due_on into new.state, new.channel, new.service_id, new.case_due from cases.cases c where c.id = new.case_id;
  return new;
end $$;
create trigger of_case before insert on cases.turns for each row execute function cases.turn_of_case();

create function cases.case_of_turns() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update cases.turns t set state = new.state, channel = new.channel, service_id = new.service_id, case_due = new.due_on where t.case_id = new.id;
  return null;
end $$;
create trigger turns after update of state, channel, service_id, due_on on cases.cases for each row
  when ((old.state, old.channel, old.service_id, old.due_on) is distinct from (new.state, new.channel, new.service_id, new.due_on))
  execute function cases.case_of_turns();
revoke all on function cases.turn_of_case(), cases.case_of_turns() from public;

-- Each narrowed list in its own order: of one place, and of the region by the turns of centres.
create index turns_open_as on cases.turns (place, state, channel, due_on, case_id) where standing <> 'over';
create index turns_open_as_anywhere on cases.turns (state, channel, due_on, case_id) where standing <> 'over' and kind = 'centre';
create index turns_ended_as on cases.turns (place, state, channel, since desc, case_id) where standing = 'over';
create index turns_ended_as_anywhere on cases.turns (state, channel, since desc, case_id) where standing = 'over' and kind = 'centre';
create index turns_open_of on cases.turns (place, service_id, due_on, case_id) where standing <> 'over';
create index turns_open_of_anywhere on cases.turns (service_id, due_on, case_id) where standing <> 'over' and kind = 'centre';
create index turns_ended_of on cases.turns (place, service_id, since desc, case_id) where standing = 'over';
create index turns_ended_of_anywhere on cases.turns (service_id, since desc, case_id) where standing = 'over' and kind = 'centre';
