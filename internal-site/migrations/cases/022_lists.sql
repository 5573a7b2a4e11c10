-- Lists read how cases stand for one place, or for the centres of all cases, in their own order, so that a page of them costs the same
-- however many cases there are. Each index has the whole order of one kind of list; those that it makes idle go.
create index turns_open on cases.turns (place, due_on, case_id) where standing <> 'over';
create index turns_open_anywhere on cases.turns (due_on, case_id) where standing <> 'over' and kind = 'centre';
create index turns_in_hand on cases.turns (person, standing, due_on, case_id) include (place, office) where standing <> 'over';
create index turns_team on cases.turns (place, person) where standing <> 'over' and person is not null;
drop index cases.turns_present, cases.turns_person;

-- A case is found by the end of its number, which is how people say it.
create index cases_number_end on cases.cases (reverse(number) text_pattern_ops);

create index cases_of_service on cases.cases (service_id, centre_id, id);
drop index cases.cases_service;

-- What a colleague was given lately.
create index assignments_since on cases.assignments (person, since);
drop index cases.assignments_person;
