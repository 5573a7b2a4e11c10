-- after: reception/007
-- Whoever has an appointment is told by the same outbox: that it cannot be kept, and that it can be again.
alter table notices.outbox
  alter column case_id drop not null,
  add column booking_id uuid references reception.bookings,
  add column about timestamptz, -- the time of the appointment, as it was then
  add constraint outbox_subject check ((case_id is null) = (booking_id is not null) and (booking_id is null) = (about is null));
alter table notices.outbox drop constraint outbox_kind_check;
alter table notices.outbox add constraint outbox_kind_check
  check (kind in ('registered', 'suspended', 'message', 'decided', 'result_ready', 'decision_corrected', 'decision_withdrawn', 'result_withdrawn', 'extended',
    'result_waits', 'uncollected', 'booking_lost', 'booking_stands') and (booking_id is not null) = (kind like 'booking%'));
create index outbox_booking on notices.outbox (booking_id, about) where booking_id is not null;
-- To whom a notice of an appointment went is needed to count the day's letters, and not after.
create index outbox_booking_person on notices.outbox (sent_at) where booking_id is not null and person is not null;
-- What did not arrive of cases; of appointments it stands with them.
drop index notices.outbox_undelivered;
create index outbox_undelivered on notices.outbox (at) where state in ('failed', 'unknown') and told_at is null and case_id is not null;

grant insert (booking_id, about) on notices.outbox to internal_site;
grant usage on schema reception to notices;
grant select (id, number, receipt_number, tracked, centre_id, group_id, begins_at, state, stands, email, phone, language) on reception.bookings to notices;
grant select (id, name, name_en) on reception.groups to notices;
