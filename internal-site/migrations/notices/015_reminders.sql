-- after: reception/008
-- Whoever has an appointment is reminded of it once for each of its times. The letter says where to come and what to bring.
alter table notices.outbox drop constraint outbox_kind_check;
alter table notices.outbox add constraint outbox_kind_check
  check (kind in ('registered', 'suspended', 'message', 'decided', 'result_ready', 'decision_corrected', 'decision_withdrawn', 'result_withdrawn', 'extended',
    'result_waits', 'uncollected', 'booking_lost', 'booking_stands', 'booking_near') and (booking_id is not null) = (kind like 'booking%'));
create unique index outbox_reminder on notices.outbox (booking_id, about) where kind = 'booking_near';

grant select (service_id) on reception.bookings to notices;
grant select (directions, directions_en) on org.centres to notices;
grant select (service_id, number, published, effective_from, content) on catalogue.cards to notices;
