-- What was handed over where the result is a paper: its number and date.
alter table cases.cases add column issued_paper text not null default '';
