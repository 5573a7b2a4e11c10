-- A region that was set up before results had a storage term was given 90 days that nobody had chosen: no form asked for them. It
-- stores them as a new region does, unless somebody has saved the profile since the form asks, which the trail says.
update region.profile set storage_days = 30, version = version + 1
where storage_days = 90 and not exists (
  select from audit.events e where e.object_type = 'region' and e.object_id = 'profile' and e.detail ? 'storage_days');
