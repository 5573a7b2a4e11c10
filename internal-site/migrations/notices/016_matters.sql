-- after: reception/012
-- A reminder says what to bring for all that an appointment is for.
grant select (further_services, further_groups, minutes) on reception.bookings to notices;
