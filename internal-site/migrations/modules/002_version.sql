-- A switch says how often it was decided, so that a decision from a page that shows an earlier one is noticed. It does not leave.
alter table modules.switches add column version integer not null default 1;
