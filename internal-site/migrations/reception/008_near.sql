-- Appointments that come near, of all centres, are found without reading the rest.
create index bookings_near on reception.bookings (begins_at) where state = 'booked';
