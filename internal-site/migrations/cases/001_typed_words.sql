-- What staff wrote in an event may name people, so it stays inside. For the applicant it is here once more, sealed to
-- their secret code, and that leaves; text and text_en hold the portal's own words alone. Events from before keep theirs.
alter table cases.events
  add column typed  text not null default '',
  add column sealed bytea,
  add constraint events_sealed check (sealed is null or published);
alter table cases.events alter column sealed set storage external; -- sealed bytes do not compress
