// Rows of appointments that the filters of the whitelist keep inside, $1 in every text; and how they go again.
export const hidden = [
  `insert into reception.groups (id, centre_id, letter, name, name_en, minutes, retired)
     select gen_random_uuid(), centre_id, 'Я', $1, $1, 10, true from reception.halls order by centre_id limit 1`,
  `insert into reception.windows (id, centre_id, number, retired)
     select gen_random_uuid(), g.centre_id, 998, true from reception.groups g where g.name = $1`,
  `insert into reception.absences (id, centre_id, window_id, first_day, last_day, reason)
     select gen_random_uuid(), w.centre_id, w.id, '2000-01-01', '2000-01-01', $1
     from reception.groups g join reception.windows w on w.centre_id = g.centre_id and w.number = 998 where g.name = $1`,
  `insert into reception.bookings (id, number, centre_id, window_id, group_id, begins_at, ends_at, minutes, name, email, phone, made_at)
     select gen_random_uuid(), lpad((random() * 9999)::int::text, 4, '0') || '-' || lpad((random() * 9999)::int::text, 4, '0'), g.centre_id, w.id, g.id,
            now(), now() + interval '10 minutes', 10, $1, $1, $1, now()
     from reception.groups g join reception.windows w on w.centre_id = g.centre_id and w.number = 998 where g.name = $1`,
]

export const forget = [
  `delete from reception.bookings where name = $1`,
  `delete from reception.absences where reason = $1`,
  `delete from reception.windows w using reception.groups g where g.name = $1 and w.centre_id = g.centre_id and w.number = 998`,
  `delete from reception.groups where name = $1`,
]
