-- How many messages came in damaged and still wait for staff, for the fetcher's status: a number and nothing else.
create function intake.damaged() returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select count(*) from intake.refusals r where r.source = 'damaged' and r.state = 'open'
$$;

revoke all on function intake.damaged from public;
grant execute on function intake.damaged to fetcher;
