-- after: cases/032
-- The bell reads what came to a place and what came to a person from its newest end, and the cases of a person that others work on by
-- the day on which the whole case is due.
create index turns_news_of_place on cases.turns (place, since) where standing in ('turn', 'issue') and person is null;
create index turns_news_of_person on cases.turns (person, since) where standing in ('turn', 'issue') and person is not null;
create index turns_case_due on cases.turns (person, case_due) where standing = 'others' and kind = 'centre';
drop index cases.turns_news;
