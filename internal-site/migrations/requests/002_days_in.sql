-- In which days the term of a request runs. Those of before ran in working days.
alter table requests.requests add column days_in text not null default 'working' check (days_in in ('working', 'calendar'));
