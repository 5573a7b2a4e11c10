-- after: questions/004 checks/001
-- Whoever asked a question or sent documents to be checked is told by the same outbox that there is an answer, or that there will be none.
alter table notices.outbox
  add column thread_id  uuid references questions.threads,
  add column package_id uuid references checks.packages,
  drop constraint outbox_subject,
  drop constraint outbox_kind_check,
  add constraint outbox_subject check (num_nonnulls(case_id, booking_id, thread_id, package_id) = 1 and (booking_id is null) = (about is null)),
  add constraint outbox_kind_check check (
    kind in ('registered', 'suspended', 'message', 'decided', 'result_ready', 'decision_corrected', 'decision_withdrawn', 'result_withdrawn', 'extended',
      'result_waits', 'uncollected', 'booking_lost', 'booking_stands', 'booking_near', 'question_answered', 'question_closed', 'check_answered', 'check_closed')
    and (booking_id is not null) = (kind like 'booking%') and (thread_id is not null) = (kind like 'question%') and (package_id is not null) = (kind like 'check%'));
create index outbox_thread on notices.outbox (thread_id, at) where thread_id is not null;
create index outbox_package on notices.outbox (package_id, at) where package_id is not null;
-- To whom a notice went that is not of a case is needed to count the day's letters, and not after.
drop index notices.outbox_booking_person;
create index outbox_other_person on notices.outbox (sent_at) where case_id is null and person is not null;

grant insert (thread_id, package_id) on notices.outbox to internal_site;
grant usage on schema questions, checks to notices;
grant select (id, number, receipt_number, tracked, centre_id, authority_id, state, email, phone, language) on questions.threads to notices;
grant select (id, number, receipt_number, tracked, centre_id, state, email, phone, language) on checks.packages to notices;
grant select (id, name, name_en, address, address_en, phones) on org.authorities to notices;
