-- Who looked at a card, and from which edition on it had to be looked at.
alter table law.reviews
  add column done_by  uuid references access.users,
  add column since_id uuid references law.editions; -- that the card was right for when the review was opened; null: none is known
update law.reviews r set done_by = (
  select e.actor_id from audit.events e
  where e.object_type = 'service' and e.object_id = r.service_id::text and e.action = 'law.review.done' and e.detail ->> 'edition' = r.edition_id::text
  order by e.at desc, e.id desc limit 1)
where r.done_at is not null;
