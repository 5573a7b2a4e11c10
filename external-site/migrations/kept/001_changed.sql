-- after: modules/001 region/002
-- What the public pages are made of says when it changes: the site keeps whole pages and drops those that were made of a
-- table which has changed (internal/kept). The triggers always fire, since the syncer's session silences ordinary ones, and
-- whatever way rows come: by the stream, a load, a repair, or a person. They cannot change a row, and one that tells of many
-- changes of one transaction sends one message.

create function public.replica_changed() returns trigger
  language plpgsql set search_path = pg_catalog
as $$
begin
  perform pg_notify('replica_changed', tg_table_schema || '.' || tg_table_name);
  return null;
end $$;

revoke all on function public.replica_changed() from public;

-- Called by migrations, once or more, for each table that pages of everybody are made of.
create procedure public.watch_replica(replicated regclass)
  language plpgsql set search_path = pg_catalog
as $$
begin
  execute format('create or replace trigger replica_changed after insert or update or delete or truncate on %s
    for each statement execute function public.replica_changed()', replicated);
  execute format('alter table %s enable always trigger replica_changed', replicated);
end $$;
revoke all on procedure public.watch_replica(regclass) from public;

do $$
declare
  replicated regclass;
begin
  for replicated in
    select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname in ('catalogue', 'documents', 'law', 'modules', 'org', 'region')
    order by n.nspname, c.relname
  loop
    call public.watch_replica(replicated);
  end loop;
end $$;
