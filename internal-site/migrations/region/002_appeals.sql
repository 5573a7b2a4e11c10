-- How a decision can be appealed: the page of a refusal says it. The portal names no body and no term of its own.
alter table region.profile
  add column appeal      text not null default '',
  add column appeal_en   text not null default '',
  add column appeal_days integer not null default 0 check (appeal_days between 0 and 366); -- calendar days after the decision; 0: not stated
