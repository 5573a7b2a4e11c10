-- The indexes of the big tables that no constraint and no replica identity stands on: dropped before the rows come, made again after them.
select format('drop index %I.%I', n.nspname, i.relname), pg_get_indexdef(i.oid)
from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid join pg_namespace n on n.oid = t.relnamespace
where n.nspname = 'cases' and t.relname in ('applicants', 'cases', 'stages', 'events', 'turns', 'assignments', 'said')
and not x.indisprimary and not x.indisreplident and not exists (select from pg_constraint k where k.conindid = i.oid)
order by 1
