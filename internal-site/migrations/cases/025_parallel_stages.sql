-- Stages that run at the same time, stages that are left out, and stages of one case alone. What the technological card says of a
-- stage beyond its row is its plan: which stages it waits for, how it can end, when it is done at all. Cases from before have no
-- plans: each of their stages follows the one before it. None of it leaves: the columns are not on the whitelist.
alter table cases.stages
  add column plan    jsonb,
  add column outcome text not null default '';        -- in which of the plan's ways the stage ended

-- Several parties have the turn while their stages run at the same time. What each party's lists have of a case stays one row.
drop index cases.turns_once;

insert into cases.event_kinds values ('stage_skipped'), ('stage_inserted'), ('stage_dropped');
