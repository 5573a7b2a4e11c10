-- after: intake/005
-- A document of the list that the applicant sent as a file when they applied online is neither an original nor a copy on paper.
alter table counter.received drop constraint received_given_check;
alter table counter.received add constraint received_given_check
  check (given in ('original', 'copy', 'shown', 'missing', 'not_needed', 'extra', 'sent'));
