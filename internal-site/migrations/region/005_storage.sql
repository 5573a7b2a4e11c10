-- A region that says nothing of it stores results for 30 days.
alter table region.profile alter column storage_days set default 30;
