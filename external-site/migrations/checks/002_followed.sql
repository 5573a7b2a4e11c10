-- after: live/001
-- The tracking page reads the answers to a package in their order, and finds packages by their number as people type it: without case,
-- blanks and dashes. An open page of one is renewed at once (internal/live).
create index answers_package on checks.answers (package_id, at);
create index packages_number_typed on checks.packages (translate(upper(number), ' -./_№', ''));

create trigger followed_changed after insert or update or delete or truncate on checks.packages
  for each statement execute function public.followed_changed();
create trigger followed_changed after insert or update or delete or truncate on checks.answers
  for each statement execute function public.followed_changed();
alter table checks.packages enable always trigger followed_changed;
alter table checks.answers enable always trigger followed_changed;
