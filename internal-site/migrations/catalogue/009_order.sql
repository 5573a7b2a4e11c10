-- The order in which staff put life situations before it was noted is theirs too.
update catalogue.life_situations set placed = true
  where id::text in (select object_id from audit.events where action = 'catalogue.situation.move');
