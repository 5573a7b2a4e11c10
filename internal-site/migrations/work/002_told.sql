-- What was asked for may name a person: once the work is over it goes, and the list tells of it from what names nobody.
alter table work.jobs add column told jsonb not null default '{}';
update work.jobs set told = jsonb_build_object('Journal', asked #> '{Filter,Journal}', 'From', asked #> '{Filter,From}', 'To', asked #> '{Filter,To}', 'Kind', asked -> 'Kind',
  'Narrowed', asked #>> '{Filter,Q}' <> '' or asked #>> '{Filter,State}' <> '' or (asked -> 'Filter') - '{Journal,From,To,Q,State}'::text[]
    <> jsonb_build_object('Centre', uuid_nil, 'Authority', uuid_nil, 'Service', uuid_nil))
from (select '00000000-0000-0000-0000-000000000000' as uuid_nil) nobody where kind = 'journal';
update work.jobs set asked = '{}' where ended_at is not null;
alter table work.jobs add constraint jobs_asked check (ended_at is null or asked = '{}');
