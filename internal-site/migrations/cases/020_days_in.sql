-- In which days the term of a stage runs: working or calendar ones. Where nothing is said, as the law says for so many days.
alter table cases.stages add column days_in text not null default '' check (days_in in ('', 'working', 'calendar'));
