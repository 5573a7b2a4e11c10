-- Who ended a visit may be somebody else than who opened it: papers name whoever took the documents. Visits that ended before
-- this are not known by that.
alter table counter.visits add column ended_by uuid references access.users;

-- What was brought beside the card's list is neither an original nor a copy of it.
alter table counter.received drop constraint received_given_check;
alter table counter.received add constraint received_given_check check (given in ('original', 'copy', 'shown', 'missing', 'not_needed', 'extra'));
update counter.received set given = 'extra' where line = '';
