package notices_test

import (
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/notices/outbox"
)

// more makes cases like the one $1, the last n of $2: nobody's, the clerk's $3 by the gift of the head $4, the clerk's with the turn come back to them, and
// the clerk's that others work on; due on the days around today, and half of them looked at.
const more = `
	with numbered as (select n, gen_random_uuid() as id from generate_series($2::int + 1, $2::int + $5::int) n), made as (
		insert into cases.cases (id, number, centre_id, authority_id, service_id, card_id, applicant_id, channel, state, filed_at, due_on)
		select x.id, 'L' || x.n, c.centre_id, c.authority_id, c.service_id, c.card_id, c.applicant_id, 'counter', 'in_progress', c.filed_at, $6::timestamptz::date + x.n % 7 - 3
		from numbered x, (select * from cases.cases where id = $1) c returning id, centre_id, due_on, right(number, -1)::int as n), given as (
		insert into cases.assignments (case_id, place, person, since, assigned_by)
		select id, centre_id, $3, $6::timestamptz - interval '2 hours', $4::uuid from made where n % 4 > 0), looked as (
		insert into notices.seen (user_id, subject, at) select u, k || id, $6::timestamptz from made, unnest(array[$3::uuid, $4::uuid]) u, unnest(array['body:', 'me:', 'given:', 'head:']) k where n % 2 = 0)
	insert into cases.turns (case_id, place, kind, standing, person, due_on, since)
	select id, centre_id, 'centre', case n % 4 when 3 then 'others' else 'turn' end, case when n % 4 > 0 then $3::uuid end, case when n % 4 < 3 then due_on end,
	       $6::timestamptz - case when n % 4 = 2 then 1 else 3 end * interval '1 hour' from made`

// The bell stands on every page. With ten times as many cases of each kind under it, and as many looked at, its number reads next to no more, and it is
// the length of the list.
func TestTheBellDoesNotGrowWithTheCases(t *testing.T) {
	p := newPlace(t)
	p.onA(time.Wednesday)
	clerk, head, manager := p.Users[access.Administrator], p.Users[access.CentreHead], p.Users[access.RegionalManager]
	c := p.register(byMail, outbox.Choice{})
	p.DB.Exec(`insert into notices.alarms (place, days, whom) select $1::uuid, days, whom from notices.alarms union all select $1::uuid, 1, 'head'`, p.Centre)
	made := 0
	read := func(cases int) (buffers []int) {
		t.Helper()
		p.DB.Exec(more, c.ID, made, clerk.UserID, head.UserID, cases-made, p.now())
		made = cases
		p.DB.Exec(`vacuum analyze`)
		d := notices.NewDesk(p.DB.PoolAs("internal_site")).At(p.now)
		for _, who := range []access.Actor{clerk, head, manager} {
			if lines := p.bell(who); len(lines) < min(cases/20, notices.MostNews) {
				t.Errorf("%s has %d lines among %d cases", who.Login, len(lines), cases)
			}
			n, err := d.BuffersOfCount(t.Context(), who)
			must(t, err)
			buffers = append(buffers, n)
		}
		return buffers
	}
	small, large := read(200), read(2000)
	t.Logf("%v among 200 cases, %v among 2000", small, large)
	for i := range small {
		if large[i] > small[i]*13/10+10 {
			t.Errorf("the bell reads %v buffers among 200 cases and %v among 2000", small, large)
		}
	}
}
