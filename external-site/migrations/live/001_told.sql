-- after: account/003 cases/001 questions/001 submission/001
-- What people follow says when it changes, so that an open page of a state is renewed at once (internal/live). The triggers of
-- the replica's tables always fire, since the syncer's session silences ordinary ones. They change no row, carry nothing of
-- one, and tell once of many changes of one transaction.

create function public.followed_changed() returns trigger
  language plpgsql set search_path = pg_catalog
as $$
begin
  perform pg_notify('followed_changed', '');
  return null;
end $$;
revoke all on function public.followed_changed() from public;

do $$
declare
  followed regclass;
begin
  foreach followed in array array['cases.cases', 'cases.stages', 'cases.events', 'questions.threads', 'questions.messages',
    'submission.answers', 'account.receipts']::regclass[]
  loop
    execute format('create trigger followed_changed after insert or update or delete or truncate on %s
      for each statement execute function public.followed_changed()', followed);
    execute format('alter table %s enable always trigger followed_changed', followed);
  end loop;
end $$;
